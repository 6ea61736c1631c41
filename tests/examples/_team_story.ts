/** The search over the iris network on several processes that stand for machines: killed, frozen, late. */
import { test } from "node:test";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { assertEquals, assertMatch } from "@std/assert";
import {
  listStudies,
  readStudy,
  type SearchBackend,
  SharedStudyReader,
} from "@ato/ato/hyperopt";
import { mergeFiles } from "@ato/ato/sync";
import { SQLFinder } from "@ato/ato/tracker";
import { sendSignal } from "../../cli/send_signal.ts";
import { ato } from "../cli/_lib.ts";
import { ROOT } from "../_shared/run_script.ts";
import type { TestEngineKind } from "../hyperopt/_engines.ts";
import { commandOf, withExamples } from "./_examples.ts";

const LEASE = 3_000;
const PRELOAD = join(ROOT, "tests", "hyperopt", "_register_relay.ts");

/** The words of a process of the search. */
function commandIn(folder: string, words: readonly string[]): string[] {
  return [...commandOf(join(folder, "search_iris.ts"), PRELOAD), ...words];
}

interface Machine {
  readonly child: ChildProcess;
  readonly ended: Promise<{ code: number | null; out: string }>;
  /** Resolves when the first trials are done, or the search has ended without it. */
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
  const ended = new Promise<{ code: number | null; out: string }>((done) =>
    child.once("close", (code) => done({ code, out }))
  );
  const begun = Promise.race([
    new Promise<void>((done) => {
      let said = "";
      child.stderr!.on("data", (text) => {
        if (/^\d+ of \d+,/m.test(said += text)) done();
      });
    }),
    ended,
  ]);
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

/** Checks that each machine that was not killed has the whole search, and that all together have the runs, too. */
async function checkCopies(
  [killed, ...whole]: readonly string[],
  results: number,
): Promise<void> {
  const fileOf = (place: string) => join(place, "iris_search.db");
  const shown = [];
  for (const place of whole) {
    const listed = await ato("search", "list", "--db", fileOf(place));
    assertMatch(listed.out, /^team +done +105 /m);
    shown.push(await readStudy(fileOf(place), "team"));
  }
  const { trials, settings } = shown[0]!;
  assertEquals(trials.flatMap(({ results }) => results).length, results);
  for (const one of shown) {
    assertEquals([one.trials, one.settings], [trials, settings]);
  }
  const all = `${killed}.all.db`;
  for (const file of [killed!, ...whole].map(fileOf)) {
    // The killed one may not have come to its first trial.
    if (existsSync(file)) await mergeFiles(all, file);
  }
  assertEquals(await listStudies(all), ["team"]);
  const merged = await readStudy(all, "team");
  assertEquals(merged.trials, trials);
  const finder = new SQLFinder(all);
  try {
    for (const run of trials.flatMap(({ runs }) => runs)) {
      assertEquals((await finder.findRun(run))?.status, "completed");
    }
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
        let backend: SearchBackend | undefined;
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
          backend = await engine.connect("team");
          const [a, b, c] = ["a", "b", "c"].map(begin) as [
            Machine,
            Machine,
            Machine,
          ];
          await Promise.all([a.begun, b.begun, c.begun]);
          a.child.kill("SIGKILL");
          sendSignal(b.child.pid!, "SIGSTOP");
          const d = begin("d");
          await d.begun;
          sendSignal(b.child.pid!, "SIGCONT");
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
          await checkCopies(places, expected.length);
        } finally {
          for (const { child } of machines) child.kill("SIGKILL");
          await Promise.all(machines.map(({ ended }) => ended));
          try {
            await backend?.drop();
            await backend?.close();
          } finally {
            await engine.end();
          }
        }
      });
    },
  );
}
