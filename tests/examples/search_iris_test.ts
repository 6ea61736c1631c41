/** The search over the iris network, by real processes: to its end, killed in the middle, one trial. */
import { test } from "node:test";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { listStudies, readStudy } from "@ato/ato/hyperopt";
import { SQLFinder } from "@ato/ato/tracker";
import { ROOT } from "../_shared/run_script.ts";
import { commandOf, withExamples } from "./_examples.ts";

function search(folder: string, ...words: string[]): string {
  const [program, ...args] = commandOf(join(folder, "search_iris.ts"));
  const child = spawnSync(program!, [...args, ...words], {
    cwd: folder,
    encoding: "utf8",
  });
  assertEquals(child.status, 0, child.stderr);
  return child.stdout;
}

/** The trials of a search in its file, each by its words. */
async function trialsOf(
  folder: string,
  id: string,
): Promise<{ name: string; status: string; objective?: number }[]> {
  const finder = new SQLFinder(join(folder, "iris_search.db"));
  const runs = await finder.getRunsInProject("iris-search");
  const trials = [];
  for (const run of runs) {
    if (!run.tags.includes(`search:${id}`)) continue;
    const objective = (await run.metrics.summary("objective"))?.last;
    trials.push({
      name: run.name!,
      status: run.status,
      ...(objective !== undefined && { objective }),
    });
  }
  await finder.close();
  return trials;
}

/** The state of a search, and its trials without their runs: those of `ato search`. */
async function searchOf(folder: string, id: string) {
  const path = join(folder, "iris_search.db");
  const { state, trials, best } = await readStudy(path, id);
  const results = trials.map(({ config, results }) => ({ config, results }));
  return { state, found: { results, best: best?.words } };
}

/** Starts a search that is killed with the first line of its progress: some trials are done, most are not. */
async function killed(
  folder: string,
  id: string,
  words: readonly string[],
): Promise<number> {
  const preload = join(ROOT, "tests", "examples", "_kill_at_progress.ts");
  const script = join(folder, "search_iris.ts");
  const [program, ...args] = commandOf(script, preload);
  const child = spawnSync(program!, [...args, ...words], {
    cwd: folder,
    encoding: "utf8",
  });
  assertEquals(child.signal ?? child.status, "SIGKILL", child.stderr);
  return (await trialsOf(folder, id)).length;
}

test("a search that is killed goes on where it was, and ends as one that was not", async () => {
  await withExamples(async (folder) => {
    const words = ["maxEpochs=27"];
    const whole = search(folder, "search=whole", ...words);
    const before = await killed(folder, "torn", ["search=torn", ...words]);
    const expected = await trialsOf(folder, "whole");
    assert(
      before > 0 && before < expected.length,
      `${before} of ${expected.length} trials were begun`,
    );
    assertEquals((await searchOf(folder, "torn")).state, "interrupted");
    const rest = search(folder, "search=torn", ...words);
    const best = (text: string) => /^best .*$/m.exec(text)?.[0];
    assertEquals(best(rest), best(whole));
    const torn = await searchOf(folder, "torn");
    assertEquals(torn.state, "done");
    assertEquals(torn, await searchOf(folder, "whole"));
    const found = await trialsOf(folder, "torn");
    const finished = found.filter(({ objective }) => objective !== undefined);
    // Each trial has finished once, and came to the same.
    assertEquals(
      finished.map(({ name, objective }) => [name, objective]).sort(),
      expected.map(({ name, objective }) => [name, objective]).sort(),
    );
    assert(found.length - finished.length <= 1, "the one that was killed");
  });
});

test("the command that is printed runs the best trial again, and nothing else", async () => {
  await withExamples(async (folder) => {
    const text = search(folder, "search=s", "maxEpochs=27");
    const loss = /^best +loss ([\d.]+):/m.exec(text)?.[1];
    const words = /^again +deno run -A \S+ (.*)$/m.exec(text)?.[1]?.split(" ");
    assert(loss !== undefined && words !== undefined, text);
    const again = search(folder, "search=again", "maxEpochs=27", ...words);
    assertMatch(again, new RegExp(`^best +loss ${loss}:`, "m"));
    assertEquals((await trialsOf(folder, "again")).length, 1);
    // One trial is no search.
    const searches = await listStudies(join(folder, "iris_search.db"));
    assertEquals(searches, ["s"]);
  });
});
