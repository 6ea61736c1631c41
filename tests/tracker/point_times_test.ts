import { test } from "node:test";
import { join } from "node:path";
import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  type RunMetrics,
  SQLFinder,
  SQLLogger,
  TrackerUsageError,
} from "../../tracker/mod.ts";
import { configIn, inFolder } from "./_helpers.ts";

/** Logs a run of two attempts whose second replaces steps from 600 on; `work` reads it before and after its end. */
async function withRun(
  work: (metrics: RunMetrics) => Promise<void>,
): Promise<void> {
  await inFolder(async (folder) => {
    const config = configIn(folder);
    const first = new SQLLogger(config);
    const run = await first.run();
    for (let step = 0; step < 1000; step++) first.logMetric("loss", 1, step);
    await first.finish();
    const second = new SQLLogger(config);
    await second.run({ resume: { run, step: 599 } });
    for (let step = 600; step < 700; step++) second.logMetric("loss", 2, step);
    // Two points of one step: the later one counts.
    second.logMetric("loss", NaN, 699);
    const finder = new SQLFinder(join(folder, "runs.db"));
    const look = async () => work((await finder.findRun(run))!.metrics);
    await look();
    await second.finish();
    await look();
    await finder.close();
  });
}

test("RunMetrics.times: has the time of the last point of each step, of the newest attempt", () =>
  withRun(async (metrics) => {
    const { points } = await metrics.points("loss", { limit: 5000 });
    const last = new Map(points.map(({ step, time }) => [step, time]));
    const steps = [...last.keys()];
    assert(steps.length === 700 && points.length === 701);
    assertEquals(await metrics.times("loss", steps), [...last.values()]);
    const bins = await metrics.chart("loss", { maxPoints: 50 });
    const ends = bins.map(({ lastStep }) => lastStep);
    assertEquals(
      await metrics.times("loss", ends),
      ends.map((step) => last.get(step)),
    );
  }));

test("RunMetrics.times: a step or a metric without points has no time", () =>
  withRun(async (metrics) => {
    assertEquals(await metrics.times("loss", []), []);
    assertEquals(await metrics.times("loss", [-1, 700, 999]), [
      undefined,
      undefined,
      undefined,
    ]);
    assertEquals(await metrics.times("accuracy", [0]), [undefined]);
    await assertRejects(
      () => metrics.times("loss", [0.5]),
      TrackerUsageError,
      "a step",
    );
  }));
