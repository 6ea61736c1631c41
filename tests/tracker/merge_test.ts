/** A merge never leaves a run with fewer points, whatever the other file claims. */
import { assertEquals } from "@std/assert";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
  chooseDriver,
  mergeRuns,
  SQLFinder,
  SQLLogger,
} from "../../tracker/mod.ts";
import { inFolder } from "./_helpers.ts";

async function makeRun(path: string, points: number): Promise<void> {
  const logger = new SQLLogger({
    experiment: { projectName: "demo", sql: { dbPath: path } },
  });
  await logger.run();
  for (let i = 0; i < points; i++) logger.logMetrics({ loss: i, acc: -i });
  await logger.finish();
}

async function countsIn(path: string): Promise<(number | undefined)[]> {
  const finder = new SQLFinder(path);
  const run = (await finder.findRun(1))!;
  const counts = [];
  for (const key of ["loss", "acc"]) {
    const { points } = await run.metrics.points(key, { limit: 9999 });
    const summary = await run.metrics.summary(key);
    assertEquals(summary?.count ?? 0, points.length, key);
    counts.push(summary?.count);
  }
  await finder.close();
  return counts;
}

const POINTS_OF = (key: string): string =>
  `series_id IN (SELECT id FROM series WHERE key = '${key}')`;

/** What a file may claim of a run that the target has with 210 points of each metric. */
const CLAIMS: [string, string, boolean][] = [
  [
    "a later attempt, and no points",
    "UPDATE experiments SET attempt = 99; DELETE FROM points; DELETE FROM rollups; DELETE FROM series",
    false,
  ],
  [
    "a later attempt, and fewer points of one metric",
    `UPDATE experiments SET attempt = 99; DELETE FROM points WHERE ${
      POINTS_OF("acc")
    } AND step > 10`,
    false,
  ],
  [
    "a later attempt, and more points of one metric for fewer of another",
    `UPDATE experiments SET attempt = 99; DELETE FROM points WHERE ${
      POINTS_OF("acc")
    };
     INSERT INTO points SELECT series_id, step + 1000, seq + 1000, value, kind, at FROM points`,
    false,
  ],
  [
    "a summary of more points than there are",
    "UPDATE series SET count = 1000; DELETE FROM points WHERE step > 10",
    false,
  ],
  [
    "a later attempt, and the same points",
    "UPDATE experiments SET attempt = 99, status = 'failed'",
    true,
  ],
  [
    "more points, and a summary that is wrong",
    `INSERT INTO points SELECT series_id, step + 1000, seq + 1000, value, kind, at FROM points;
     UPDATE series SET count = 100000, max = 1e9`,
    true,
  ],
];
for (const [name, sql, takes] of CLAIMS) {
  test(`mergeRuns: a file that claims ${name}`, async () => {
    await inFolder(async (folder) => {
      const [here, there] = [join(folder, "here.db"), join(folder, "there.db")];
      await makeRun(here, 210);
      copyFileSync(here, there);
      const connection = (await chooseDriver()).connect(there);
      connection.exec(sql);
      connection.close();
      const result = await mergeRuns(here, there);
      const outcome = takes
        ? { added: [], updated: [1], same: 0 }
        : { added: [], updated: [], same: 0, kept: [1] };
      assertEquals(result, outcome);
      const [loss, acc] = await countsIn(here);
      assertEquals(loss! >= 210 && acc! >= 210, true, `${loss} ${acc}`);
      if (takes) return;
      assertEquals([loss, acc], [210, 210]);

      const asked = await mergeRuns(here, there, { fewer: "take" });
      assertEquals(asked, { added: [], updated: [1], same: 0 });
      const [, fewer] = await countsIn(here);
      assertEquals((fewer ?? 0) < 210, true);
    });
  });
}

test("mergeRuns: a new run is copied with its points, and its summary agrees with them", async () => {
  await inFolder(async (folder) => {
    const [here, there] = [join(folder, "here.db"), join(folder, "there.db")];
    await makeRun(there, 300);
    const connection = (await chooseDriver()).connect(there);
    connection.exec("UPDATE series SET count = 7, max = 1e9, last = 5");
    connection.close();
    await mergeRuns(here, there);
    assertEquals(await countsIn(here), [300, 300]);
    const finder = new SQLFinder(here);
    const summary = await (await finder.findRun(1))!.metrics.summary("loss");
    assertEquals([summary?.max, summary?.last], [299, 299]);
    await finder.close();
  });
});

test("mergeRuns: a run that goes on brings what is no point, too", async () => {
  await inFolder(async (folder) => {
    const [here, there] = ["here.db", "there.db"]
      .map((name) => join(folder, name)) as [string, string];
    const logger = new SQLLogger(
      { experiment: { projectName: "demo", sql: { dbPath: there } } },
      { snapshot: false, onWarning: () => {} },
    );
    await logger.run();
    await mergeRuns(here, there);
    logger.logArtifact(join(folder, "model.bin"));
    // As a heartbeat does, ten seconds later.
    const file = (await chooseDriver()).connect(there);
    file.exec("UPDATE run_state SET heartbeat = heartbeat + 10000");
    file.close();
    assertEquals((await mergeRuns(here, there)).updated, [1]);
    assertEquals((await mergeRuns(here, there)).updated, []);
    const finder = new SQLFinder(here);
    assertEquals((await finder.findRun(1))!.artifacts.length, 1);
    await finder.close();
    await logger.finish();
  });
});
