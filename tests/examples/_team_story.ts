/** The search over the iris network on several processes that stand for machines: killed, frozen, late. */
import { test } from "node:test";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { assertEquals, assertMatch } from "@std/assert";
import { SharedStudyReader } from "@ato/ato/hyperopt";
import { SQLFinder } from "@ato/ato/tracker";
import { IS_DENO, ROOT } from "../_shared/run_script.ts";
import type { TestEngineKind } from "../hyperopt/_engines.ts";
import { commandOf, withExamples } from "./_examples.ts";

const LEASE = 3_000;
const PRELOAD = join(ROOT, "tests", "hyperopt", "_register_relay.ts");

/** The words of a process of the search. */
function commandIn(folder: string, words: readonly string[]): string[] {
  const command = commandOf(join(folder, "search_iris.ts"));
  const script = command.pop()!;
  return [
    ...command,
    IS_DENO ? "--preload" : "--import",
    PRELOAD,
    script,
    ...words,
  ];
}

interface Machine {
  readonly child: ChildProcess;
  readonly ended: Promise<{ code: number | null; out: string }>;
  /** Resolves when the first trials are done. */
  readonly begun: Promise<unknown>;
}

function start(
  folder: string,
  name: string,
  words: readonly string[],
): Machine {
  const [program, ...args] = commandIn(folder, words);
  const place = join(folder, name);
  mkdirSync(place);
  const child = spawn(program!, args, {
    cwd: place,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  child.stdout!.on("data", (text) => out += text);
  const begun = new Promise((done) => child.stderr!.once("data", done));
  const ended = new Promise<{ code: number | null; out: string }>((done) =>
    child.once("close", (code) => done({ code, out }))
  );
  return { child, ended, begun };
}

/** The names of the completed runs of each trial at each rung. */
async function completedIn(folder: string): Promise<string[]> {
  const finder = new SQLFinder(join(folder, "iris_search.db"));
  try {
    const runs = await finder.getRunsInProject("iris-search");
    return runs.filter(({ status }) => status === "completed")
      .map(({ name }) => name!);
  } finally {
    await finder.close();
  }
}

/** Tells the story of the example on an engine. */
export function tellTeamStory(
  { name, skip, start: startEngine }: TestEngineKind,
): void {
  test(
    `${name}: three machines, one killed, one frozen and one late, find what one finds alone`,
    {
      skip: process.platform === "win32" || skip,
    },
    async () => {
      await withExamples(async (folder) => {
        const engine = await startEngine(LEASE);
        const backend = await engine.connect("team");
        const machines: Machine[] = [];
        const begin = (place: string) => {
          const machine = start(folder, place, [
            "search=team",
            `workers=${engine.url}`,
            "maxEpochs=27",
          ]);
          machines.push(machine);
          return machine;
        };
        try {
          const [a, b, c] = ["a", "b", "c"].map(begin) as [
            Machine,
            Machine,
            Machine,
          ];
          await Promise.all([a.begun, b.begun, c.begun]);
          a.child.kill("SIGKILL");
          process.kill(b.child.pid!, "SIGSTOP");
          const d = begin("d");
          await d.begun;
          process.kill(b.child.pid!, "SIGCONT");
          const outs = [];
          for (const { ended } of [b, c, d]) {
            const { code, out } = await ended;
            assertEquals(code, 0);
            outs.push(out.match(/^best .*$/m)?.[0]);
          }
          const [program, ...args] = commandIn(folder, [
            "search=alone",
            "maxEpochs=27",
          ]);
          const alone = spawnSync(program!, args, {
            cwd: folder,
            encoding: "utf8",
          });
          const best = alone.stdout.match(/^best .*$/m)![0];
          assertMatch(best, /^best +loss 0\.\d+: lr=/);
          assertEquals(outs, [best, best, best]);
          // The journal has each trial once, and each has a run on one of the machines.
          const expected = (await completedIn(folder)).sort();
          const { halving } = await new SharedStudyReader(backend).read();
          assertEquals(halving!.length, expected.length);
          const places = ["a", "b", "c", "d"].map((one) => join(folder, one));
          const runs = (await Promise.all(places.map(completedIn))).flat();
          assertEquals([...new Set(runs)].sort(), [...new Set(expected)]);
        } finally {
          for (const { child } of machines) child.kill("SIGKILL");
          await Promise.all(machines.map(({ ended }) => ended));
          await backend.drop();
          await backend.close();
          await engine.end();
        }
      });
    },
  );
}
