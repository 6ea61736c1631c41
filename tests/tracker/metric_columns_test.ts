import { test } from "node:test";
import { join } from "node:path";
import { assert, assertEquals } from "@std/assert";
import { readCondition, SQLFinder, SQLLogger } from "../../tracker/mod.ts";
import { withTempFolder } from "../_shared/temp_folder.ts";

/** Starts a run with a metric of some points. */
async function start(
  dbPath: string,
  loss: readonly number[],
  project = "demo",
): Promise<SQLLogger> {
  const logger = new SQLLogger({
    experiment: { projectName: project, sql: { dbPath } },
  });
  await logger.run();
  loss.forEach((value, step) => logger.logMetric("loss", value, step));
  return logger;
}

async function finish(
  dbPath: string,
  loss: readonly number[],
  project?: string,
): Promise<void> {
  await (await start(dbPath, loss, project)).finish();
}

test("summariesOf: gives what metrics.summary gives for each run, also for one that is running", () =>
  withTempFolder(async (folder) => {
    const dbPath = join(folder, "runs.db");
    await finish(dbPath, [3, 2, 1]);
    await finish(dbPath, [NaN, 5, Infinity]);
    await finish(dbPath, []);
    await finish(dbPath, Array.from({ length: 3_000 }, (_, i) => Math.sin(i)));
    await finish(dbPath, [100], "other");
    const running = await start(dbPath, [7, -0]);
    const finder = new SQLFinder(dbPath);
    const runs = await finder.getRunsInProject("demo");
    const last = runs.at(-1)!;
    // Points are written in the background.
    while ((await last.metrics.summary("loss"))?.count !== 2) {
      await finder.dataVersion();
    }
    const found = await finder.summariesOf("demo", "loss");
    assertEquals([...found.keys()].sort((a, b) => a - b), [1, 2, 4, 6]);
    for (const run of runs) {
      assertEquals(
        found.get(run.id),
        await run.metrics.summary("loss"),
        `run ${run.id}`,
      );
    }
    assertEquals((await finder.summariesOf("demo", "nope")).size, 0);
    assertEquals((await finder.summariesOf("nope", "loss")).size, 0);
    await finder.close();
    await running.finish();
  }));

test("listMetrics: the metrics of the most runs come first, those of other projects not at all", () =>
  withTempFolder(async (folder) => {
    const dbPath = join(folder, "runs.db");
    const run = async (project: string, ...names: string[]) => {
      const logger = await start(dbPath, [], project);
      for (const name of names) logger.logMetric(name, 1, 0);
      await logger.finish();
    };
    await run("demo", "a", "b");
    await run("demo", "b", "c");
    await run("other", "d", "a");
    const finder = new SQLFinder(dbPath);
    assertEquals(await finder.listMetrics("demo"), [
      { metric: "b", runs: 2 },
      { metric: "a", runs: 1 },
      { metric: "c", runs: 1 },
    ]);
    assertEquals(await finder.listMetrics("nope"), []);
    await finder.close();
  }));

test("dataVersion: changes when another connection has written, and only then", () =>
  withTempFolder(async (folder) => {
    const dbPath = join(folder, "runs.db");
    const finder = new SQLFinder(dbPath);
    assertEquals(await finder.dataVersion(), undefined);
    await finish(dbPath, [1]);
    const before = await finder.dataVersion();
    await finder.getRunsInProject("demo");
    assertEquals(await finder.dataVersion(), before);
    await finish(dbPath, [1]);
    assert(await finder.dataVersion() !== before, "no change is seen");
    await finder.close();
  }));

test("getRunsInProject: after and before bound the ids, last counts from the newest of these", () =>
  withTempFolder(async (folder) => {
    const dbPath = join(folder, "runs.db");
    for (let i = 0; i < 5; i++) await finish(dbPath, []);
    const finder = new SQLFinder(dbPath);
    const ids = async (
      options: { after?: number; before?: number; last?: number },
    ) => (await finder.getRunsInProject("demo", options)).map(({ id }) => id);
    assertEquals(await ids({ after: 2 }), [3, 4, 5]);
    assertEquals(await ids({ before: 3 }), [1, 2]);
    assertEquals(await ids({ after: 1, before: 5 }), [2, 3, 4]);
    assertEquals(await ids({ before: 5, last: 2 }), [3, 4]);
    assertEquals(await ids({ after: 5 }), []);
    await finder.close();
  }));

const CONDITIONS: readonly (readonly [
  text: string,
  key: string,
  which: string | undefined,
  yes: unknown,
  no: unknown,
])[] = [
  ["lr<0.1", "lr", undefined, 0.01, 0.1],
  [" a.b >= 2 ", "a.b", undefined, 2, 1],
  ["min:loss<0.2", "loss", "min", 0.1, 0.2],
  ["name==x", "name", undefined, "x", "y"],
  ["name!=x", "name", undefined, "y", "x"],
  [
    "n=18446744073709551615",
    "n",
    undefined,
    18446744073709551615n,
    18446744073709551616n,
  ],
  ["x=1", "x", undefined, 1, undefined],
  ["x!=1", "x", undefined, 2, null],
  ["x<1", "x", undefined, 0, NaN],
];

for (const [text, key, which, yes, no] of CONDITIONS) {
  test(`readCondition: ${text} is met by ${yes} and not by ${no}`, () => {
    const condition = readCondition(text);
    assertEquals([condition.key, condition.which], [key, which]);
    assertEquals([condition.matches(yes), condition.matches(no)], [
      true,
      false,
    ]);
  });
}
