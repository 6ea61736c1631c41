/**
 * Reads collections of OpenMMLab configs with Ato and with mmengine, and compares every value.
 *
 *     ATO_MMENGINE_PYTHON=venv/bin/python deno run -A bench/openmmlab/compare.ts \
 *       NAME=FOLDER … [--package NAME=FOLDER …]
 *
 * The Python must have `mmengine` or `mmengine-lite`. A package is the folder in which bases such
 * as `mmdet::_base_/default_runtime.py` are found; mmengine finds them only if the package is installed.
 *
 * @module
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

interface Outcome {
  readonly file: string;
  readonly typed?: string;
  readonly plain?: string;
  readonly error?: string;
}

const here = fileURLToPath(new URL(".", import.meta.url));
const python = process.env.ATO_MMENGINE_PYTHON;
if (python === undefined) {
  throw new Error("Set ATO_MMENGINE_PYTHON to a Python that has mmengine");
}
const words = process.argv.slice(2);
const split = words.indexOf("--package");
const collections = split < 0 ? words : words.slice(0, split);
const packages = split < 0
  ? []
  : words.slice(split).filter((word) => word !== "--package");

function outcomes(file: string): Map<string, Outcome> {
  const lines = readFileSync(file, "utf8").trim().split("\n");
  return new Map(lines.map((line) => {
    const outcome: Outcome = JSON.parse(line);
    return [outcome.file, outcome];
  }));
}

function run(command: string, args: string[]): number {
  const text = execFileSync(command, args, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    maxBuffer: 1e9,
  });
  return JSON.parse(text.trim().split("\n").at(-1)!).seconds;
}

function showDifference(a: string, b: string): string {
  let at = 0;
  while (a[at] === b[at]) at++;
  const from = Math.max(0, at - 60);
  return `    mmengine …${a.slice(from, at + 60)}\n    ato      …${
    b.slice(from, at + 60)
  }`;
}

/** The arguments for Deno itself: a config file, if one is given. */
const deno = (script: string, args: string[]) =>
  run(process.execPath, [
    "run",
    "-A",
    "--no-check",
    ...(process.env.ATO_DENO_CONFIG === undefined
      ? []
      : ["--config", process.env.ATO_DENO_CONFIG]),
    join(here, script),
    ...args,
  ]);

type Counts = Record<
  "same" | "adict" | "refused" | "differ" | "ato" | "peer",
  number
>;

const nothing = (): Counts => ({
  same: 0,
  adict: 0,
  refused: 0,
  differ: 0,
  ato: 0,
  peer: 0,
});

/** Prints a line of the table. */
function show(
  name: string,
  files: number,
  count: Counts,
  seconds: number,
  peer: number,
): void {
  const cells: [string | number, number][] = [
    [files, 7],
    [count.same, 6],
    [count.adict, 12],
    [count.refused, 13],
    [count.differ, 8],
    [count.ato, 10],
    [count.peer, 15],
    [seconds.toFixed(2), 7],
    [peer.toFixed(2), 12],
    [(peer / seconds).toFixed(1), 7],
  ];
  const line = cells.map(([cell, width]) => String(cell).padStart(width));
  console.log(name.padEnd(15) + line.join(""));
}

const total = nothing();
let files = 0;
let oursSeconds = 0;
let peerSeconds = 0;
const folder = mkdtempSync(join(tmpdir(), "ato-mm-"));
const notes: string[] = [];
console.log(
  "collection       files  same  same ADict  both refuse  differ  only ato  only mmengine  ato s  mmengine s  times",
);
for (const word of collections) {
  const [name, source] = word.split("=", 2) as [string, string];
  const ours = join(folder, `${name}.ours.jsonl`);
  const theirs = join(folder, `${name}.peer.jsonl`);
  const seconds = deno("ours.ts", [source, "-", ...packages]);
  deno("ours.ts", [source, ours, ...packages]);
  const peer = run(python, [join(here, "peer.py"), source, theirs]);
  const count = nothing();
  const found = outcomes(ours);
  for (const [file, expected] of outcomes(theirs)) {
    const actual = found.get(file)!;
    if (actual.plain !== undefined && actual.plain === expected.plain) {
      count.adict++;
    }
    if (expected.error !== undefined && actual.error !== undefined) {
      count.refused++;
      notes.push(
        `${name}/${file}: both refuse\n    mmengine ${expected.error}\n    ato      ${actual.error}`,
      );
    } else if (expected.error !== undefined) {
      count.ato++;
      notes.push(`${name}/${file}: only ato\n    mmengine ${expected.error}`);
    } else if (actual.error !== undefined) {
      count.peer++;
      notes.push(`${name}/${file}: only mmengine\n    ato ${actual.error}`);
    } else if (expected.typed === actual.typed) count.same++;
    else {
      count.differ++;
      notes.push(
        `${name}/${file}: differ\n${
          showDifference(expected.typed!, actual.typed!)
        }`,
      );
    }
  }
  show(name, found.size, count, seconds, peer);
  for (const key of Object.keys(total) as (keyof Counts)[]) {
    total[key] += count[key];
  }
  files += found.size;
  oursSeconds += seconds;
  peerSeconds += peer;
}
show("all", files, total, oursSeconds, peerSeconds);
for (const note of notes) console.log(note);
rmSync(folder, { recursive: true, force: true });
