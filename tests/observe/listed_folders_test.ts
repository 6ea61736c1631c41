import { test } from "node:test";
import { assertEquals } from "@std/assert";
import { unreadListings } from "../../observe/_listed_folders.ts";
import { SeenRun } from "../../observe/_seen_run.ts";
import type { Observation } from "../../internal/observation.ts";

const ROOT = "/home/ann/project";
const list = (path: string): Observation => ({ is: "list", path, at: 1 });
const read = (path: string): Observation => ({ is: "read", path, at: 2 });
const write = (path: string): Observation => ({ is: "write", path, at: 2 });
const said = (name: string) =>
  `the names of the files in ${name} are not recorded`;

const CASES: readonly (readonly [
  what: string,
  seen: readonly Observation[],
  said: readonly string[],
])[] = [
  ["nothing was listed", [read(`${ROOT}/data/a`)], []],
  ["only the names count", [list(`${ROOT}/data`)], [said("data")]],
  ["a folder beside the project", [list("/data/sets")], [said("/data/sets")]],
  ["files of it are read", [list(`${ROOT}/data`), read(`${ROOT}/data/a`)], []],
  ["files below it are read", [
    list(`${ROOT}/data`),
    read(`${ROOT}/data/x/a`),
  ], []],
  ["files of another folder are read", [
    list(`${ROOT}/data`),
    read(`${ROOT}/data2/a`),
  ], [said("data")]],
  ["the run writes into it", [list(`${ROOT}/out`), write(`${ROOT}/out/a`)], []],
  ["it has the code", [list(ROOT)], []],
  ["it belongs to the system", [list("/usr/lib/x")], []],
  ["it is listed after the end of the run", [
    { is: "list", path: `${ROOT}/data`, at: 9 },
  ], []],
];

for (const [what, seen, expected] of CASES) {
  test(`unreadListings: ${what}`, () => {
    const run = new SeenRun();
    for (const one of seen) run.take("1.jsonl", one);
    const code = [`${ROOT}/train.py`];
    assertEquals(unreadListings(run, { root: ROOT, code, until: 5 }), expected);
  });
}
