/** The search over the iris network, by real processes: to its end, killed in the middle, one trial. */
import { test } from "node:test";
import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { SQLFinder } from "@ato/ato/tracker";
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

/** Starts a search and kills it when it has so many trials. */
async function killed(
  folder: string,
  id: string,
  words: readonly string[],
): Promise<number> {
  const [program, ...args] = commandOf(join(folder, "search_iris.ts"));
  const child = spawn(program!, [...args, ...words], {
    cwd: folder,
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = new Promise((done) => child.once("close", done));
  // The first lines of its progress: some trials are done, most are not.
  await new Promise((done) => child.stderr!.once("data", done));
  process.kill(child.pid!, "SIGKILL");
  await ended;
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
    const rest = search(folder, "search=torn", ...words);
    const best = (text: string) => /^best .*$/m.exec(text)?.[0];
    assertEquals(best(rest), best(whole));
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
  });
});
