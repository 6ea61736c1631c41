/** The run of a trial: what an attempt logs counts when it completes. */
import { test } from "node:test";
import { spawnSync } from "node:child_process";
import process from "node:process";
import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  type FinishOptions,
  giveUpTrial,
  type Run,
  SQLFinder,
  SQLLogger,
  type TrackerConfig,
} from "../../tracker/mod.ts";
import { commandFor, configIn, inFolder } from "./_helpers.ts";

const UUID = "5e2b7a40-0000-4000-8000-000000000001";

/** One attempt of the trial: the steps that it logs, with their values, and how it ends. */
interface Step {
  readonly restarts?: boolean;
  readonly loss:
    readonly (readonly [step: number | undefined, value: number])[];
  readonly end: FinishOptions | "left";
}

async function attempt(config: TrackerConfig, step: Step): Promise<SQLLogger> {
  const logger = new SQLLogger(config, { snapshot: false });
  const trial = { uuid: UUID, restarts: step.restarts === true };
  await logger.run({ trial, tags: ["hyperopt"], name: "t" });
  for (const [at, value] of step.loss) logger.logMetric("loss", value, at);
  if (step.end !== "left") await logger.finish(step.end);
  return logger;
}

async function look<T>(
  config: TrackerConfig,
  work: (run: Run, finder: SQLFinder) => Promise<T>,
): Promise<T> {
  const finder = new SQLFinder(config);
  try {
    const runs = await finder.getRunsInProject("demo");
    assertEquals(runs.length, 1);
    return await work(runs[0]!, finder);
  } finally {
    await finder.close();
  }
}

const DONE: FinishOptions = {};
const FAILED: FinishOptions = { error: new Error("bad") };

/** Each case: the attempts, the points that count then, the best of all and of the last values, and the status. */
const CASES: readonly {
  readonly name: string;
  readonly attempts: readonly Step[];
  readonly points: readonly (readonly [number, number])[];
  readonly best?: number;
  readonly last?: number;
  readonly status: string;
}[] = [
  {
    name: "an attempt that completes counts",
    attempts: [{ loss: [[undefined, 3], [undefined, 2]], end: DONE }],
    points: [[0, 3], [1, 2]],
    best: 2,
    last: 2,
    status: "completed",
  },
  {
    name: "an attempt that fails changes no value",
    attempts: [{ loss: [[0, -9]], end: FAILED }],
    points: [],
    status: "failed",
  },
  {
    name: "an attempt that goes on continues the steps",
    attempts: [
      { loss: [[1, 3], [2, 2]], end: DONE },
      { loss: [[undefined, 1]], end: DONE },
    ],
    points: [[1, 3], [2, 2], [3, 1]],
    best: 1,
    last: 1,
    status: "completed",
  },
  {
    name: "an attempt that goes on and fails leaves what was there",
    attempts: [
      { loss: [[1, 3], [2, 2]], end: DONE },
      { loss: [[3, -9]], end: FAILED },
    ],
    points: [[1, 3], [2, 2]],
    best: 2,
    last: 2,
    status: "failed",
  },
  {
    name: "an attempt that restarts replaces what was there when it completes",
    attempts: [
      { loss: [[1, 1], [2, 1]], end: DONE },
      { restarts: true, loss: [[1, 5], [2, 4], [3, 3]], end: DONE },
    ],
    points: [[1, 5], [2, 4], [3, 3]],
    best: 3,
    last: 3,
    status: "completed",
  },
  {
    name: "an attempt that restarts and fails leaves what was there",
    attempts: [
      { loss: [[1, 2]], end: DONE },
      { restarts: true, loss: [[1, -9]], end: FAILED },
    ],
    points: [[1, 2]],
    best: 2,
    last: 2,
    status: "failed",
  },
  {
    name: "an attempt whose thread left it is no part of the next one",
    attempts: [
      { loss: [[1, 3]], end: DONE },
      { loss: [[2, -9]], end: "left" },
      { loss: [[undefined, 2]], end: DONE },
    ],
    points: [[1, 3], [2, 2]],
    best: 2,
    last: 2,
    status: "completed",
  },
];

for (const { name, attempts, points, best, last, status } of CASES) {
  test(`SQLLogger.run, trial: ${name}`, async () => {
    await inFolder(async (folder) => {
      const config = configIn(folder);
      const left: SQLLogger[] = [];
      for (const step of attempts) left.push(await attempt(config, step));
      await look(config, async (run, finder) => {
        const page = await run.metrics.points("loss");
        assertEquals(
          page.points.map((one) => [one.step, one.value] as const),
          [...points],
        );
        assertEquals([run.status, run.uuid], [status, UUID]);
        assertEquals(run.attempts.length, attempts.length);
        const query = {
          projectName: "demo",
          metric: "loss",
          mode: "min",
        } as const;
        assertEquals((await finder.findBest(query))?.value, best);
        assertEquals(
          (await finder.findBest({ ...query, by: "last" }))?.value,
          last,
        );
      });
    });
  });
}

test("SQLLogger.run, trial: what a running attempt logged can be read, and is not the best yet", async () => {
  await inFolder(async (folder) => {
    const config = configIn(folder);
    await attempt(config, { loss: [[1, 3]], end: DONE });
    const logger = await attempt(config, { loss: [[2, 1]], end: "left" });
    const query = { projectName: "demo", metric: "loss", mode: "min" } as const;
    await look(config, async (run, finder) => {
      assertEquals((await run.metrics.summary("loss"))?.last, 1);
      assertEquals((await finder.findBest(query))?.value, 3);
    });
    await logger.finish();
    await look(config, async (_run, finder) => {
      assertEquals((await finder.findBest(query))?.value, 1);
    });
  });
});

test("SQLLogger.run, trial: a worker that ends late does not change how the next attempt ended", async () => {
  await inFolder(async (folder) => {
    const config = configIn(folder);
    const late = await attempt(config, { loss: [[1, -9]], end: "left" });
    await attempt(config, { restarts: true, loss: [[1, 2]], end: DONE });
    await late.finish();
    await look(config, async (run) => {
      assertEquals(run.status, "completed");
      assertEquals((await run.metrics.summary("loss"))?.min, 2);
    });
  });
});

test("giveUpTrial: ends a run that its worker left, and no other", async () => {
  await inFolder(async (folder) => {
    const config = configIn(folder);
    await attempt(config, { loss: [[1, 3]], end: DONE });
    const error = new RangeError("gone");
    assertEquals(await giveUpTrial(config, UUID, { error }), false);
    await look(
      config,
      (run) => Promise.resolve(assertEquals(run.status, "completed")),
    );
    await attempt(config, { loss: [[2, -9]], end: "left" });
    assertEquals(await giveUpTrial(config, UUID, { error }), true);
    await look(config, async (run) => {
      assertEquals([run.status, run.error?.name], ["failed", "RangeError"]);
      assertEquals((await run.metrics.summary("loss"))?.last, 3);
    });
    assertEquals(await giveUpTrial(config, "0000", { error }), false);
  });
});

test("SQLLogger.run, trial: a process that ends in the middle with exit code 0 completes nothing", async () => {
  await inFolder(async (folder) => {
    const config = configIn(folder);
    const { status } = spawnSync(
      ...commandFor("_trial_exit.ts", [JSON.stringify(config), UUID]),
      { encoding: "utf8", env: process.env },
    );
    assertEquals(status, 0);
    await look(config, async (run) => {
      assertEquals(run.status, "interrupted");
      assertEquals(await run.metrics.summary("loss"), undefined);
    });
  });
});

test("SQLLogger.run, trial: the run of a process that is alive is refused", async () => {
  await inFolder(async (folder) => {
    const config = configIn(folder);
    const logger = await attempt(config, { loss: [[1, 3]], end: "left" });
    const { status, stderr } = spawnSync(
      ...commandFor("_trial_exit.ts", [JSON.stringify(config), UUID]),
      { encoding: "utf8", env: process.env },
    );
    assert(status !== 0);
    assert(stderr.includes("is still logging it"), stderr);
    await logger.finish();
  });
});

test("SQLLogger.run: wrong options of a trial are refused", async () => {
  await inFolder(async (folder) => {
    const logger = new SQLLogger(configIn(folder));
    for (const trial of ["x", { uuid: 3 }, { uuid: "" }]) {
      await assertRejects(
        () => logger.run({ trial: trial as never }),
        TypeError,
        "Cannot start a run",
      );
    }
  });
});
