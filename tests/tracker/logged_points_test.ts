/** Points in the order of logging, and texts that change when a run does: what a program that follows a file needs. */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { editRun, SQLFinder, SQLLogger } from "../../tracker/mod.ts";
import { withTempFolder } from "../_shared/temp_folder.ts";

function configOf(folder: string) {
  return {
    experiment: { projectName: "p", sql: { dbPath: join(folder, "runs.db") } },
  };
}

/** Reads a series as a follower does: in parts, and continues where it stopped. */
async function follow(
  finder: SQLFinder,
  id: number,
  of: { metric: string; attempt: number },
  { limit, at }: { limit: number; at: { next: number; lastStep: number } },
): Promise<
  { points: [number, number][]; at: { next: number; lastStep: number } }
> {
  const run = (await finder.findRun(id))!;
  const points: [number, number][] = [];
  for (let now = at;;) {
    const part = await run.metrics.logged(of, {
      from: now.next,
      afterStep: now.lastStep,
      limit,
    });
    points.push(
      ...part.points.map(({ step, value }) =>
        [step, value] as [number, number]
      ),
    );
    if (part.next === now.next) return { points, at: now };
    now = part;
  }
}

const START = { next: 0, lastStep: -Number.MAX_SAFE_INTEGER };

test("each point is read once and in order, in whatever order its steps come, while the run goes on", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.array(fc.integer({ min: -20, max: 600 }), { maxLength: 300 }),
        { minLength: 1, maxLength: 4 },
      ),
      fc.boolean(),
      fc.integer({ min: 1, max: 200 }),
      (parts, isRisen, limit) =>
        withTempFolder(async (folder) => {
          const logger = new SQLLogger(configOf(folder), { snapshot: false });
          const id = await logger.run();
          const finder = new SQLFinder(configOf(folder));
          const of = { metric: "m", attempt: 1 };
          const [logged, seen]: [number, number][][] = [[], []];
          let at = START;
          for (const part of parts) {
            for (const step of part) {
              const point: [number, number] = [
                isRisen ? logged!.length : step,
                logged!.length,
              ];
              logger.logMetric("m", point[1], point[0]);
              logged!.push(point);
            }
            const read = await follow(finder, id, of, { limit, at });
            seen!.push(...read.points);
            at = read.at;
          }
          await logger.finish();
          seen!.push(...(await follow(finder, id, of, { limit, at })).points);
          await finder.close();
          assertEquals(seen, logged);
        }),
    ),
    { numRuns: 15 },
  ));

test("points that a later attempt replaced are left out, and the attempts are told apart", () =>
  withTempFolder(async (folder) => {
    const first = new SQLLogger(configOf(folder));
    const id = await first.run();
    for (let step = 0; step < 6; step++) first.logMetric("m", step, step);
    await first.finish({ status: "failed" });
    const second = new SQLLogger(configOf(folder));
    await second.run({ resume: { run: id, step: 2 } });
    second.logMetric("m", -3, 3);
    await second.finish();
    const finder = new SQLFinder(configOf(folder));
    const { metrics } = (await finder.findRun(id))!;
    const series = await metrics.series();
    assertEquals(
      series.map(({ attempt, next, cutStep }) => [attempt, next, cutStep]),
      [
        [1, 6, 2],
        [2, 1, undefined],
      ],
    );
    const steps = await Promise.all(
      series.map(async (of) =>
        (await metrics.logged(of)).points.map(({ step }) => step)
      ),
    );
    assertEquals(steps, [[0, 1, 2], [3]]);
    assertEquals((await metrics.logged(series[0]!)).next, 6);
    assertEquals(
      (await metrics.logged({ metric: "no", attempt: 1 })).points,
      [],
    );
    await finder.close();
  }));

test("a revision changes with each change of a run, and with nothing else", () =>
  withTempFolder(async (folder) => {
    const config = configOf(folder);
    const finder = new SQLFinder(config);
    assertEquals(await finder.revisions(), []);
    const other = new SQLLogger(config);
    await other.run();
    await other.finish();
    const logger = new SQLLogger(config);
    const id = await logger.run();
    const changes: readonly (readonly [string, () => unknown])[] = [
      ["a point", () => logger.logMetric("m", 1, 0)],
      [
        "many points",
        () =>
          logger.logMetricBatch(
            Array.from(
              { length: 300 },
              (_, step) => ({ key: "m", value: 1, step }),
            ),
          ),
      ],
      ["another metric", () => logger.logMetric("n", 1, 0)],
      ["a file", () => logger.logArtifact("s3://x/y")],
      ["an end", () => logger.finish()],
      ["a tag", () => editRun(config, id, { addTags: ["x"] })],
      ["a note", () => editRun(config, id, { notes: "y" })],
    ];
    let [still, last] = await finder.revisions();
    for (const [what, change] of changes) {
      await change();
      const [same, next] = await finder.revisions();
      assertNotEquals(next!.revision, last!.revision, what);
      assertEquals(same, still, what);
      assertEquals(await finder.revisions(), [same, next]);
      [still, last] = [same, next];
    }
    assert(last!.uuid !== undefined);
    assertEquals([last!.project, last!.storedStatus], ["p", "completed"]);
    await finder.close();
  }));
