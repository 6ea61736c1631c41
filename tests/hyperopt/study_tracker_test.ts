/** A study whose trials are tracked: each trial is one run, whatever happens to its attempts. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import {
  ashaStopping,
  defineSpace,
  float,
  fullFidelity,
  gridSampler,
  openStudy,
  readStudy,
  runStudy,
  type RunStudyOptions,
  sqliteJournal,
  type StudyObjective,
  type StudyOptions,
  trialLogger,
  virtualClock,
} from "@ato/ato/hyperopt";
import { type Run, SQLFinder, SQLLogger } from "../../tracker/mod.ts";
import { commandFor, inFolder } from "../tracker/_helpers.ts";

const SPACE = defineSpace({ x: float(1, 3, { grid: 3 }) });

interface Place {
  readonly dbPath: string;
  readonly tracker: {
    readonly experiment: {
      readonly projectName: string;
      readonly sql: { readonly dbPath: string };
    };
  };
}

function placeIn(folder: string): Place {
  const dbPath = join(folder, "runs.db");
  return {
    dbPath,
    tracker: { experiment: { projectName: "demo", sql: { dbPath } } },
  };
}

/** Reads the runs, and the best one by a metric. */
async function look(
  { tracker }: Place,
  work: (
    runs: Run[],
    best: (
      metric: string,
      mode: "min" | "max",
    ) => Promise<[run: number, value: number] | undefined>,
  ) => Promise<void>,
): Promise<void> {
  const finder = new SQLFinder(tracker);
  try {
    await work(await finder.getRunsInProject("demo"), async (metric, mode) => {
      const query = { projectName: "demo", metric, mode };
      const found = await finder.findBest(query);
      return found && [found.run.id, found.value];
    });
  } finally {
    await finder.close();
  }
}

async function lasts(run: Run): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const name of await run.metrics.names()) {
    const last = (await run.metrics.summary(name))?.last;
    if (last !== undefined) found[name] = last;
  }
  return found;
}

async function curve(run: Run, metric: string): Promise<[number, number][]> {
  const { points } = await run.metrics.points(metric);
  return points.map(({ step, value }) => [step, value]);
}

type Config = { x: number };

/** Searches in this process. */
async function search(
  { tracker, dbPath }: Place,
  objective: StudyObjective<Config> | URL,
  options: Partial<StudyOptions<Config>> & RunStudyOptions<Config> = {},
): Promise<void> {
  const { workers, tracker: given = tracker, grace, name, ...more } = options;
  const study = openStudy<Config>({
    id: "here",
    space: SPACE,
    sampler: gridSampler(SPACE),
    scheduler: fullFidelity({ trials: 3, fidelity: 2 }),
    metric: "loss",
    mode: "min",
    retries: 0,
    journal: await sqliteJournal({ dbPath, studyId: "here" }),
    ...more,
  });
  try {
    await runStudy(study, objective, {
      tracker: given,
      ...(workers !== undefined && { workers }),
      ...(grace !== undefined && { grace }),
      ...(name !== undefined && { name }),
    });
  } finally {
    study.close();
  }
}

for (const [workers, checkpoints] of [[1, "no"], [2, "yes"]] as const) {
  test(`runStudy: with ${workers} workers and checkpoints ${checkpoints}, a trial is one run over rungs, kill -9 and resume, and a crashed attempt is never the best`, async () => {
    await inFolder(async (folder) => {
      const place = placeIn(folder);
      const run = (kill: string) => {
        const { signal, status, stderr } = spawnSync(
          ...commandFor("../hyperopt/_tracked_study.ts", []),
          {
            encoding: "utf8",
            env: {
              ...process.env,
              ATO_TEST_WORDS: [place.dbPath, workers, kill, checkpoints].join(),
            },
          },
        );
        return signal ?? `${status} ${stderr}`;
      };
      assertEquals(run("yes"), "SIGKILL");
      await look(place, async (runs, best) => {
        assertEquals(runs.length, 6);
        const crashed = runs.filter(({ status }) => status === "crashed");
        assert(crashed.length >= 1, "none crashed");
        // It logged the least loss of all.
        const [id, value] = (await best("loss", "min"))!;
        assert(value > 0, `${value}`);
        assert(runs.some((one) => one.id === id));
      });
      assertEquals(run("no").slice(0, 2), "0 ");
      const { trials, best: found } = await readStudy<{ lr: number }>(
        place.dbPath,
        "tracked",
      );
      await look(place, async (runs, best) => {
        assertEquals(runs.length, trials.length);
        for (const trial of trials) {
          const own = runs.filter(({ uuid }) => trial.runs.includes(uuid!));
          assertEquals(own.length, 1, `trial ${trial.trial}`);
          const [run] = own;
          const result = trial.results.at(-1);
          assertEquals(
            run!.status,
            trial.status === "failed" ? "failed" : "completed",
          );
          assertEquals(run!.tags, ["hyperopt", "search:tracked"]);
          assertEquals(run!.seed, String(trial.seed));
          assertEquals(run!.config["lr"], trial.config.lr);
          if (result === undefined) {
            assertEquals(await lasts(run!), {});
            continue;
          }
          const last = await lasts(run!);
          assertEquals(
            [last["loss"], last["fidelity"], last["rung"]],
            [result.metrics["loss"], result.fidelity, result.rung],
          );
          // Each epoch once, whether the rungs continue or start again.
          assertEquals(
            (await curve(run!, "accuracy")).map(([step]) => step),
            Array.from({ length: result.fidelity }, (_, i) => i + 1),
          );
          assertEquals(
            (await curve(run!, "loss")).map(([step]) => step),
            Array.from({ length: result.fidelity }, (_, i) => i + 1),
          );
        }
        const bestRun = runs.find(({ uuid }) =>
          found!.trial.runs.includes(uuid!)
        );
        assertEquals(await best("loss", "min"), [
          bestRun?.id,
          found?.metrics["loss"],
        ]);
      });
    });
  });
}

test("runStudy: a trial's run has its config, words, seed, tags, and the search's metrics beside those of the objective", async () => {
  await inFolder(async (folder) => {
    const place = placeIn(folder);
    await search(place, ({ config }, { logger }) => {
      assertEquals(trialLogger(config), logger);
      logger!.logMetric("own", config.x, 7);
      return { metrics: { loss: config.x, other: 2 * config.x } };
    });
    await look(place, async (runs, best) => {
      assertEquals(
        runs.map(({ name, status }) => [name, status]),
        [1, 2, 3].map((x) => [`trial ${x - 1} x=${x}`, "completed"]),
      );
      assertEquals(
        await Promise.all(runs.map(lasts)),
        [1, 2, 3].map((x) => ({
          own: x,
          loss: x,
          other: 2 * x,
          fidelity: 2,
          rung: 0,
        })),
      );
      assertEquals(await best("loss", "min"), [runs[0]!.id, 1]);
      assertEquals(await best("loss", "max"), [runs[2]!.id, 3]);
      assertEquals(runs[0]!.config["experiment"], place.tracker.experiment);
    });
  });
});

test("runStudy: what failed, was not finite or took too long is never the best, and its run says so", async () => {
  await inFolder(async (folder) => {
    const place = placeIn(folder);
    // Only the last trial takes time, however slow the machine is.
    const clock = virtualClock();
    await search(
      place,
      async ({ config: { x } }, { logger, signal, report }) => {
        logger!.logMetric("loss", -x);
        await report({ loss: -x }, 1);
        if (x === 1) throw new RangeError("one");
        if (x === 2) return NaN;
        clock.goTo(1_000);
        await new Promise((done) => signal.addEventListener("abort", done));
        logger!.logMetric("loss", -1000);
        return -100;
      },
      { timeout: 0.2, clock: clock.now },
    );
    await look(place, async (runs, best) => {
      assertEquals(runs.map(({ status, error }) => [status, error?.name]), [
        ["failed", "RangeError"],
        ["failed", "Error"],
        ["failed", "TimeoutError"],
      ]);
      assertEquals(await best("loss", "min"), undefined);
      assertEquals(await best("loss", "max"), undefined);
      assertEquals(await Promise.all(runs.map(lasts)), [{}, {}, {}]);
    });
  });
});

test("runStudy: an objective that goes on after it was given up logs to no run", async () => {
  await inFolder(async (folder) => {
    const place = placeIn(folder);
    const clock = virtualClock();
    let went = false;
    // The job is given up, and the next one has begun.
    const next = Promise.withResolvers<void>();
    const late = Promise.withResolvers<unknown>();
    await search(place, async ({ config: { x } }, { logger }) => {
      if (x > 1 || went) {
        next.resolve();
        return x;
      }
      went = true;
      clock.goTo(1_000);
      await next.promise;
      try {
        logger!.logMetric("loss", -1);
        late.resolve(undefined);
      } catch (error) {
        late.resolve(error);
      }
      return -1;
    }, { timeout: 0.2, grace: 0.05, retries: 1, clock: clock.now });
    assert(await late.promise instanceof Error, "it logged");
    await look(place, async (runs, best) => {
      assertEquals(
        runs.map(({ status }) => status),
        Array(3).fill("completed"),
      );
      assertEquals(await best("loss", "min"), [runs[0]!.id, 1]);
      assertEquals((await lasts(runs[0]!))["loss"], 1);
      assertEquals((await runs[0]!.attempts).length, 2);
    });
  });
});

test("runStudy: a thread that exits leaves a failed run, and the next attempt continues it", async () => {
  await inFolder(async (folder) => {
    const place = placeIn(folder);
    await search(place, new URL("_tracked_exit.ts", import.meta.url), {
      retries: 1,
    });
    await look(place, async (runs, best) => {
      assertEquals(
        runs.map(({ status }) => status),
        ["completed", "failed", "completed"],
      );
      assertEquals(await best("loss", "min"), [runs[0]!.id, 1]);
      assertEquals(await lasts(runs[1]!), {});
    });
  });
});

test("runStudy: a trial that was stopped early is completed with the fidelity that it reached", async () => {
  await inFolder(async (folder) => {
    const place = placeIn(folder);
    await search(place, async ({ config: { x }, from, to }, { report }) => {
      for (let epoch = from + 1; epoch <= to; epoch++) {
        if (await report({ loss: x }, epoch) === "stop") break;
      }
      return x;
    }, {
      scheduler: ashaStopping({ minFidelity: 1, maxFidelity: 9, trials: 3 }),
    });
    const { trials } = await readStudy<Config>(place.dbPath, "here");
    assert(trials.some(({ status }) => status === "stopped"), "none stopped");
    await look(place, async (runs) => {
      for (const [i, run] of runs.entries()) {
        assertEquals(run.status, "completed");
        assertEquals(
          (await lasts(run))["fidelity"],
          trials[i]!.results.at(-1)!.fidelity,
        );
      }
    });
  });
});

test("runStudy: the tracker can be a logger; without one there is none, and the search is the same", async () => {
  await inFolder(async (folder) => {
    const place = placeIn(folder);
    const seen: unknown[] = [];
    const objective: StudyObjective<Config> = ({ config }, { logger }) => {
      seen.push(logger?.constructor === undefined);
      return config.x;
    };
    await search(place, objective, { tracker: new SQLLogger(place.tracker) });
    const tracked = (await readStudy(place.dbPath, "here")).trials;
    const study = openStudy<Config>({
      id: "here",
      space: SPACE,
      sampler: gridSampler(SPACE),
      scheduler: fullFidelity({ trials: 3, fidelity: 2 }),
      metric: "loss",
      mode: "min",
    });
    await runStudy(study, objective);
    assertEquals(seen, [false, false, false, true, true, true]);
    assertEquals(
      study.trials(),
      tracked.map((trial) => ({ ...trial, runs: [] })) as never,
    );
    study.close();
    await look(place, async (runs) => {
      assertEquals(await Promise.resolve(runs.length), 3);
    });
  });
});

test("findBestRun: a run that is no trial counts while it runs, as before", async () => {
  await inFolder(async (folder) => {
    const place = placeIn(folder);
    const logger = new SQLLogger(place.tracker);
    const id = await logger.run({ tags: ["other"] });
    logger.logMetric("loss", 1);
    await look(place, async (_runs, best) => {
      assertEquals(await best("loss", "min"), [id, 1]);
    });
    await logger.finish({ status: "failed" });
    await look(place, async (_runs, best) => {
      assertEquals(await best("loss", "min"), [id, 1]);
    });
  });
});
