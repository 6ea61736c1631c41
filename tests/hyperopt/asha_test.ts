import { test } from "node:test";
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  asha,
  ashaStopping,
  createRandom,
  fullFidelity,
  medianStopping,
  type Scheduler,
} from "../../hyperopt/mod.ts";
import { drive, printed, type Ran, ranBrackets, sorted } from "./_schedule.ts";

/** Runs new trials to the end of the first rung. */
function first(scheduler: Scheduler, losses: (number | undefined)[], from = 0) {
  for (const [index, loss] of losses.entries()) {
    scheduler.started(from + index, 0, 0);
    scheduler.ended(from + index, 0, loss);
  }
}

/** Returns the trial that is promoted, and its rung. */
function promoted(scheduler: Scheduler): [number, number] | undefined {
  const decision = scheduler.next();
  return decision.kind === "resume"
    ? [decision.trial, decision.rung]
    : undefined;
}

test("asha: a hand-computed promotion, rung by rung", () => {
  const scheduler = asha({ minFidelity: 1, maxFidelity: 4, eta: 2, trials: 6 });
  first(scheduler, [3]);
  assertEquals(promoted(scheduler), undefined);
  first(scheduler, [2], 1);
  assertEquals(promoted(scheduler), [1, 1]);
  scheduler.started(1, 0, 1);
  // The best of three was promoted before.
  first(scheduler, [2.5], 2);
  assertEquals(promoted(scheduler), undefined);
  first(scheduler, [1], 3);
  assertEquals(promoted(scheduler), [3, 1]);
  scheduler.started(3, 0, 1);
  scheduler.ended(3, 1, 0.5);
  assertEquals(promoted(scheduler), undefined);
  scheduler.ended(1, 1, 0.9);
  // The higher rung is first.
  assertEquals(promoted(scheduler), [3, 2]);
  scheduler.started(3, 0, 2);
  first(scheduler, [9, 9], 4);
  assertEquals(promoted(scheduler), [2, 1]);
  scheduler.started(2, 0, 1);
  scheduler.ended(2, 1, 7);
  assertEquals(scheduler.next(), { kind: "wait" });
  scheduler.ended(3, 2, 0.1);
  assertEquals(scheduler.next(), { kind: "done" });
});

test("asha: promoted trials stay promoted when better ones come", () => {
  const scheduler = asha({ minFidelity: 1, maxFidelity: 4, eta: 2 });
  first(scheduler, [5, 6]);
  scheduler.started(0, 0, 1);
  first(scheduler, [4, 3], 2);
  assertEquals(promoted(scheduler), [3, 1]);
  scheduler.started(3, 0, 1);
  assertEquals(promoted(scheduler), [2, 1]);
  scheduler.started(2, 0, 1);
  assertEquals(promoted(scheduler), undefined);
});

test("asha: of equal losses the first trial is promoted", () => {
  const scheduler = asha({ minFidelity: 1, maxFidelity: 3 });
  for (const trial of [2, 0, 1]) scheduler.started(trial, 0, 0);
  for (const trial of [2, 0, 1]) scheduler.ended(trial, 0, 1);
  assertEquals(promoted(scheduler), [0, 1]);
});

test("asha: failed trials count, but are never promoted", () => {
  const scheduler = asha({ minFidelity: 1, maxFidelity: 3 });
  first(scheduler, [undefined, NaN, undefined, undefined, undefined]);
  assertEquals(promoted(scheduler), undefined);
  first(scheduler, [1], 5);
  assertEquals(promoted(scheduler), [5, 1]);
  scheduler.started(5, 0, 1);
  // Another attempt, and a tell that is repeated.
  scheduler.started(5, 0, 1);
  scheduler.ended(5, 1, undefined);
  scheduler.ended(5, 1, 1);
  assertEquals(promoted(scheduler), undefined);
  assertEquals(scheduler.next().kind, "start");
});

test("asha: attempts and ends that are told twice count once", () => {
  const scheduler = asha({ minFidelity: 1, maxFidelity: 2, eta: 2, trials: 2 });
  for (const trial of [0, 1, 1]) scheduler.started(trial, 0, 0);
  for (const loss of [1, 1]) scheduler.ended(0, 0, loss);
  assertEquals(scheduler.next(), { kind: "wait" });
  // A job that ran although its trial had ended.
  scheduler.started(0, 0, 0);
  scheduler.ended(0, 0, 1);
  assertEquals(scheduler.next(), { kind: "wait" });
  scheduler.ended(1, 0, 2);
  assertEquals(promoted(scheduler), [0, 1]);
  scheduler.started(0, 0, 1);
  scheduler.ended(0, 1, 2);
  assertEquals(scheduler.next(), { kind: "done" });
});

test("asha: the plan estimates the cost of a fixed number of trials", () => {
  const options = { minFidelity: 1, maxFidelity: 27, trials: 20 };
  const plan = asha(options).plan();
  assertEquals(printed(plan), ["20@1 6@3 2@9"]);
  const { jobs, restarting, resuming, isEstimate } = plan;
  assertEquals([jobs, restarting, resuming, isEstimate], [28, 56, 44, true]);
  const { jobs: stopping, restarting: same } = ashaStopping(options).plan();
  assertEquals([stopping, same], [20, 44]);
  assertEquals(asha({ ...options, trials: undefined }).plan().trials, Infinity);
  // In the order from worst to best, each trial is the best so far.
  const worst = drive(asha(options), { workers: 1, loss: (trial) => -trial });
  assertEquals(ranBrackets(worst), ["20@1 18@3 16@9 14@27"]);
  const usual = drive(asha(options), { workers: 1, loss: (trial) => trial });
  assertEquals(ranBrackets(usual), ["20@1 6@3 2@9"]);
});

/** Returns the trial that Algorithm 2 of the paper promotes, computed from scratch. */
function paperPromotes(jobs: readonly Ran[], eta: number, rungs: number) {
  for (let rung = rungs - 1; rung > 0; rung--) {
    const below = jobs.filter((job) => job.rung === rung - 1 && job.order >= 0);
    const taken = new Set(
      jobs.filter((job) => job.rung === rung).map(({ trial }) => trial),
    );
    const best = sorted(below).slice(0, Math.floor(below.length / eta))
      .find(({ trial, loss }) => loss !== undefined && !taken.has(trial));
    if (best !== undefined) return [best.trial, rung];
  }
  return undefined;
}

test("asha: property: in any order of ends the promotions are those of the paper's algorithm", () => {
  fc.assert(
    fc.property(
      fc.record({
        seed: fc.nat(),
        workers: fc.constantFrom(1, 3, 8),
        failing: fc.constantFrom(0, 0.2, 0.7),
        idle: fc.constantFrom(0, 0.6),
        trials: fc.integer({ min: 1, max: 60 }),
        eta: fc.integer({ min: 2, max: 4 }),
        maxFidelity: fc.constantFrom(1, 4, 9, 30),
      }),
      ({ seed, workers, failing, idle, trials, eta, maxFidelity }) => {
        const scheduler = asha({ minFidelity: 1, maxFidelity, eta, trials });
        let rungs = 1;
        for (let below = 1; below < maxFidelity; below *= eta) rungs++;
        const order = createRandom(seed);
        const jobs = drive(scheduler, {
          workers,
          loss: (trial, rung) => {
            const random = order.fork(`${trial}:${rung}`);
            return random.next() < failing ? undefined : random.integer(9);
          },
          pick: (running) => order.integer(running),
          isIdle: () => order.next() < idle,
          decided: (decision, ran) => {
            const got = decision.kind === "resume"
              ? [decision.trial, decision.rung]
              : undefined;
            assertEquals(got, paperPromotes(ran, eta, rungs));
          },
        });
        const keys = new Set(jobs.map(({ trial, rung }) => `${trial}:${rung}`));
        assertEquals(keys.size, jobs.length);
        for (const { trial, rung, from } of jobs) {
          const below = jobs.find((job) =>
            job.trial === trial && job.rung === rung - 1
          );
          assertEquals(from, below?.to ?? 0);
        }
        assertEquals(jobs.filter(({ rung }) => rung === 0).length, trials);
        // At the end no trial is left that should be promoted.
        assertEquals(paperPromotes(jobs, eta, rungs), undefined);
        assertEquals(scheduler.next(), { kind: "done" });
      },
    ),
    { seed: 5, numRuns: 300 },
  );
});

test("ashaStopping: a stopped trial is not among the best at its rung", () => {
  const scheduler = ashaStopping({ minFidelity: 1, maxFidelity: 9 });
  const report = (trial: number, fidelity: number, loss: number) => {
    scheduler.started(trial, 0, 0);
    return scheduler.reported?.(trial, 0, fidelity, loss);
  };
  assertEquals([report(0, 1, 5), report(1, 1, 4)], [false, false]);
  assertEquals(report(2, 1, 4), true, "equal ones: the first");
  assertEquals(report(3, 1, 3), false);
  // Two of six: 3 and 3.5.
  assertEquals([report(4, 1, 3.5), report(5, 1, 3.5)], [true, true]);
  assertEquals(report(6, 1, 3.2), false);
  // Between rungs nothing is decided.
  assertEquals([report(3, 2, 99), report(3, 2.9, 99)], [false, false]);
  // The first trials at a rung, and those that skip the rung below.
  assertEquals([report(3, 3, 9), report(7, 4, 8)], [false, false]);
  assertEquals(report(8, 5, 8.5), true);
  // No trial is stopped at the end.
  for (const trial of [10, 11, 12, 13]) {
    assertEquals(report(trial, 3, -trial), false);
    assertEquals(report(trial, 9, trial), false);
  }
});

test("ashaStopping: of the first trials at a rung, only the best so far go on", () => {
  const cases: [losses: number[], goesOn: boolean[]][] = [
    [[5, 4, 3], [true, true, true]],
    [[5, 6, 4, 3], [true, false, true, true]],
    [[5, 5], [true, false]],
    [[NaN, 5, NaN, 6], [false, true, false, false]],
  ];
  for (const [losses, goesOn] of cases) {
    const scheduler = ashaStopping({ minFidelity: 1, maxFidelity: 4, eta: 4 });
    const found = losses.map((loss, trial) => {
      scheduler.started(trial, 0, 0);
      return scheduler.reported?.(trial, 0, 1, loss) === false;
    });
    assertEquals(found, goesOn, `${losses}`);
  }
});

test("ashaStopping: a stopped trial stays stopped, also in another attempt", () => {
  const scheduler = ashaStopping({ minFidelity: 1, maxFidelity: 4, eta: 2 });
  for (const [trial, loss] of [1, 2].entries()) {
    scheduler.started(trial, 0, 0);
    assertEquals(scheduler.reported?.(trial, 0, 1, loss), trial === 1);
  }
  assertEquals(scheduler.reported?.(1, 0, 1.5, 0), true);
  assertEquals(scheduler.reported?.(1, 0, 2, 0), true);
  scheduler.started(1, 0, 0);
  assertEquals(scheduler.reported?.(1, 0, 1, 2), true);
  // Repeated reports of the first trial do not count twice.
  scheduler.started(0, 0, 0);
  assertEquals(scheduler.reported?.(0, 0, 1, 1), false);
  scheduler.started(2, 0, 0);
  assertEquals(scheduler.reported?.(2, 0, 1, 1.5), true);
});

test("fullFidelity: trials are started, awaited, and then the search is done", () => {
  const made = [
    fullFidelity({ trials: 7, fidelity: 4 }),
    ashaStopping({ trials: 7, minFidelity: 1, maxFidelity: 4 }),
    medianStopping({ trials: 7, fidelity: 4 }),
  ];
  for (const scheduler of made) {
    const jobs = drive(scheduler, {
      workers: 3,
      loss: (trial) => trial % 2 ? undefined : trial,
    });
    assertEquals(ranBrackets(jobs), ["7@4"]);
    assertEquals(scheduler.plan().jobs, 7);
  }
  const { restarting, resuming } = made[0]!.plan();
  assertEquals([restarting, resuming], [28, 28]);
  const endless = drive(fullFidelity(), {
    workers: 2,
    loss: () => 1,
    limit: 30,
  });
  assertEquals(ranBrackets(endless), ["30@1"]);
});

/** Runs a trial that reports losses at 1, 2, 3, ...; returns where it is stopped. */
function course(
  scheduler: Scheduler,
  trial: number,
  { losses, fails }: { losses: number[]; fails?: boolean },
): number | undefined {
  scheduler.started(trial, 0, 0);
  let stopped: number | undefined;
  for (const [index, loss] of losses.entries()) {
    if (scheduler.reported?.(trial, 0, index + 1, loss)) stopped ??= index + 1;
  }
  scheduler.ended(trial, 0, fails ? undefined : losses.at(-1));
  return stopped;
}

test("medianStopping: the best loss so far is compared with the median of the losses", () => {
  const make = (warmup?: number) => {
    const scheduler = medianStopping({ fidelity: 4, minCompleted: 3, warmup });
    // At 1: 8, 6, 4. At 2: 3, 5, 4. At 3: 3, 2, 7.
    for (const losses of [[8, 3, 3, 0], [6, 5, 2, 0], [4, 4, 7, 0]]) {
      course(scheduler, losses[0]!, { losses });
    }
    return scheduler;
  };
  assertEquals(course(make(), 3, { losses: [6.1, 0, 0, 0] }), 1);
  assertEquals(course(make(), 3, { losses: [6, 4.1, 0, 0] }), 2);
  // Its best loss counts, not its last one.
  assertEquals(course(make(), 3, { losses: [6, 3, 9, 9] }), undefined);
  assertEquals(course(make(), 3, { losses: [6, 3.1, 9, 9] }), 3);
  assertEquals(course(make(3), 3, { losses: [7, 6, 3, 0] }), undefined);
  assertEquals(course(make(4), 3, { losses: [7, 7, 7, 7] }), undefined);
});

test('medianStopping: with `completed: "mean"` it is compared with the median of the means', () => {
  const make = (warmup?: number) => {
    const scheduler = medianStopping({
      fidelity: 4,
      minCompleted: 3,
      completed: "mean",
      warmup,
    });
    // Means at 1: 8, 6, 4. At 2: 6, 5, 4. At 3: 5, 4, 3.
    for (const [trial, start] of [8, 6, 4].entries()) {
      const losses = [start, [4, 4, 4][trial]!, [3, 2, 1][trial]!, 0];
      assertEquals(course(scheduler, trial, { losses }), undefined);
    }
    return scheduler;
  };
  assertEquals(course(make(), 3, { losses: [6.1, 0, 0, 0] }), 1);
  assertEquals(course(make(), 3, { losses: [6, 5, 9, 9] }), 3);
  assertEquals(course(make(), 3, { losses: [6, 5.1, 0, 0] }), 2);
  assertEquals(course(make(3), 3, { losses: [7, 6, 4.1, 0] }), 3);
  assertEquals(course(make(3), 3, { losses: [7, 6, 4, 0] }), undefined);
  assertEquals(course(make(4), 3, { losses: [7, 7, 7, 7] }), undefined);
});

test("medianStopping: only completed trials count, and only if there are enough", () => {
  const scheduler = medianStopping({ fidelity: 9, minCompleted: 2 });
  course(scheduler, 0, { losses: [1], fails: true });
  course(scheduler, 1, { losses: [1] });
  assertEquals(course(scheduler, 2, { losses: [5] }), undefined);
  // 1 and 5: their median is 3.
  assertEquals(course(scheduler, 3, { losses: [3.1] }), 1);
  assertEquals(course(scheduler, 4, { losses: [3] }), undefined);
  // Without the stopped trial it is still 3: of 1, 5 and 3.
  assertEquals(course(scheduler, 5, { losses: [3.05] }), 1);
  // Another attempt reports all losses again; only its own mean counts.
  scheduler.started(6, 0, 0);
  assertEquals(scheduler.reported?.(6, 0, 1, 2), false);
  assertEquals(course(scheduler, 6, { losses: [-7] }), undefined);
  // -7, 1, 3, 5: 2.
  assertEquals(course(scheduler, 7, { losses: [2.1] }), 1);
  assertEquals(course(scheduler, 8, { losses: [2] }), undefined);
});

const MEAN = { fidelity: 9, completed: "mean" } as const;

test("medianStopping: of two reports at the same fidelity the first counts", () => {
  const scheduler = medianStopping({ ...MEAN, minCompleted: 1 });
  course(scheduler, 0, { losses: [4, 2] });
  scheduler.started(1, 0, 0);
  const stops = [[1, 4], [1, 0], [2, 3], [2, 3.1]].map(([fidelity, loss]) =>
    scheduler.reported?.(1, 0, fidelity!, loss!)
  );
  assertEquals(stops, [false, false, false, false]);
  scheduler.ended(1, 0, 3);
  scheduler.started(2, 0, 0);
  // Means at 2: 3 and 3.5.
  assertEquals(scheduler.reported?.(2, 0, 2, 3.3), true);
  scheduler.started(3, 0, 0);
  assertEquals(scheduler.reported?.(3, 0, 1, 5), true);
  assertEquals(scheduler.reported?.(3, 0, 1, 0), true);
  scheduler.started(4, 0, 0);
  assertEquals(scheduler.reported?.(4, 0, 2, 3.2), false);
});

test("medianStopping: infinite losses do not break the median", () => {
  const scheduler = medianStopping({ ...MEAN, minCompleted: 1 });
  const losses = [Infinity, -Infinity];
  assertEquals(course(scheduler, 0, { losses }), undefined);
  assertEquals(course(scheduler, 1, { losses: [Infinity, 5] }), undefined);
  // At 2, the first has no mean, and the second's is infinite.
  assertEquals(course(scheduler, 2, { losses: [3, 2] }), undefined);
  assertEquals(course(scheduler, 3, { losses: [4, 99] }), undefined);
  assertEquals(course(scheduler, 4, { losses: [52, 99] }), 2);
});

test("medianStopping: an infinite loss is a loss", () => {
  const scheduler = medianStopping({ fidelity: 9, minCompleted: 1 });
  course(scheduler, 0, { losses: [Infinity, -Infinity] });
  // Nothing is worse than infinity, and all is worse than its opposite.
  assertEquals(course(scheduler, 1, { losses: [Infinity, 5] }), 2);
});
