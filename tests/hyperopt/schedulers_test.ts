import { test } from "node:test";
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import {
  asha,
  ashaStopping,
  createRandom,
  fullFidelity,
  hyperband,
  medianStopping,
  type Scheduler,
  SearchUsageError,
  successiveHalving,
} from "../../hyperopt/mod.ts";
import { drive, printed, type Ran, ranBrackets, sorted } from "./_schedule.ts";

const R81 = [
  "81@1 27@3 9@9 3@27 1@81",
  "34@3 11@9 3@27 1@81",
  "15@9 5@27 1@81",
  "8@27 2@81",
  "5@81",
];

test("hyperband: the brackets for R = 81, and their cost", () => {
  const plan = hyperband({ maxFidelity: 81, eta: 3 }).plan();
  assertEquals(printed(plan), R81);
  const { trials, jobs, restarting, resuming, isEstimate } = plan;
  assertEquals([trials, jobs, restarting, resuming], [143, 206, 1902, 1581]);
  assertEquals(isEstimate, undefined);
});

test("hyperband: the rounding `table` gives the table of the paper", () => {
  const plan = hyperband({ maxFidelity: 81, rounding: "table" }).plan();
  assertEquals(printed(plan), [
    "81@1 27@3 9@9 3@27 1@81",
    "27@3 9@9 3@27 1@81",
    "9@9 3@27 1@81",
    "6@27 2@81",
    "5@81",
  ]);
});

test("hyperband: the number of brackets is exact even if the logarithm is not", () => {
  const table = [
    [{ maxFidelity: 243 }, 6],
    [{ maxFidelity: 242 }, 5],
    [{ maxFidelity: 3 ** 20 }, 21],
    [{ maxFidelity: 3 ** 20 - 1 }, 20],
    [{ maxFidelity: 1000, eta: 10 }, 4],
    [{ maxFidelity: 125, eta: 5 }, 4],
    [{ maxFidelity: 64, eta: 2 }, 7],
    [{ maxFidelity: 1 }, 1],
    [{ maxFidelity: 2 }, 1],
    [{ maxFidelity: 27, minFidelity: 3 }, 3],
    [{ maxFidelity: 1, minFidelity: 1 / 243 }, 6],
    [{ maxFidelity: 0.9, minFidelity: 0.1 }, 3],
  ] as const;
  for (const [options, brackets] of table) {
    const plan = hyperband(options).plan();
    assertEquals(plan.brackets.length, brackets, JSON.stringify(options));
  }
});

test("hyperband: fidelities are whole if both ends are, and the brackets share them", () => {
  assertEquals(printed(hyperband({ maxFidelity: 100 }).plan()), [
    "81@1 27@3 9@11 3@33 1@100",
    "34@3 11@11 3@33 1@100",
    "15@11 5@33 1@100",
    "8@33 2@100",
    "5@100",
  ]);
  const { brackets } = hyperband({ maxFidelity: 1, minFidelity: 0.25, eta: 2 })
    .plan();
  assertEquals(brackets[0]?.map(({ fidelity }) => fidelity), [0.25, 0.5, 1]);
});

test("successiveHalving: rungs end at the greatest fidelity, with at least one trial", () => {
  const table = [
    [[27, 1, 27, 3], "27@1 9@3 3@9 1@27"],
    [[10, 1, 8, 2], "10@1 5@2 2@4 1@8"],
    [[9, 1, 100, 3], "9@1 3@3 1@9 1@27 1@81 1@100"],
    [[5, 10, 10, 3], "5@10"],
    [[1, 1, 4, 2], "1@1 1@2 1@4"],
    [[4, 0.5, 2, 4], "4@0.5 1@2"],
  ] as const;
  for (const [[trials, minFidelity, maxFidelity, eta], expected] of table) {
    const options = { trials, minFidelity, maxFidelity, eta };
    const scheduler = successiveHalving(options);
    assertEquals(printed(scheduler.plan()), [expected]);
    const jobs = drive(scheduler, { workers: 2, loss: (trial) => -trial });
    assertEquals(ranBrackets(jobs), [expected]);
  }
});

test("successiveHalving: a hand-computed example: who is promoted, in which order, from which fidelity", () => {
  const scheduler = successiveHalving({
    trials: 6,
    minFidelity: 2,
    maxFidelity: 8,
    eta: 2,
  });
  const losses = [5, 3, 3, 9, 1, 4];
  const jobs = drive(scheduler, {
    workers: 1,
    loss: (trial, rung) => rung === 0 ? losses[trial] : trial,
  });
  const told = jobs.slice(6).map(({ trial, from, to }) => [trial, from, to]);
  // Of equal losses the first trial ranks first, and equal trials are kept.
  assertEquals(told, [[4, 2, 4], [1, 2, 4], [2, 2, 4], [1, 4, 8]]);
});

test("successiveHalving: a rung waits for its last trial, and then nothing is left", () => {
  const scheduler = successiveHalving({
    trials: 2,
    minFidelity: 1,
    maxFidelity: 2,
    eta: 2,
  });
  const start = { kind: "start", bracket: 0, rung: 0, to: 1 } as const;
  assertEquals(scheduler.next(), start);
  scheduler.started(0, 0, 0);
  scheduler.started(1, 0, 0);
  assertEquals(scheduler.next(), { kind: "wait" });
  scheduler.ended(1, 0, 0.5);
  assertEquals(scheduler.next(), { kind: "wait" });
  // Another attempt is not another trial.
  scheduler.started(0, 0, 0);
  scheduler.ended(0, 0, 0.7);
  const resume = { kind: "resume", trial: 1, from: 1, to: 2 } as const;
  assertEquals(scheduler.next(), { ...resume, bracket: 0, rung: 1 });
  scheduler.started(1, 0, 1);
  assertEquals(scheduler.next(), { kind: "wait" });
  scheduler.ended(1, 1, undefined);
  assertEquals(scheduler.next(), { kind: "done" });
});

test("successiveHalving: an end that is told twice counts once", () => {
  const scheduler = successiveHalving({
    trials: 4,
    minFidelity: 1,
    maxFidelity: 2,
    eta: 2,
  });
  for (let trial = 0; trial < 4; trial++) scheduler.started(trial, 0, 0);
  for (const [trial, loss] of [[0, 1], [0, 0], [1, 2], [2, 3]] as const) {
    scheduler.ended(trial, 0, loss);
  }
  assertEquals(scheduler.next(), { kind: "wait" });
  scheduler.ended(3, 0, 4);
  const jobs: number[] = [];
  for (let decision = scheduler.next(); decision.kind === "resume";) {
    jobs.push(decision.trial);
    scheduler.started(decision.trial, 0, 1);
    decision = scheduler.next();
  }
  assertEquals(jobs, [0, 1]);
});

test("successiveHalving: failed trials are never promoted, and if all failed the bracket ends", () => {
  const options = { trials: 9, minFidelity: 1, maxFidelity: 9 };
  const few = drive(successiveHalving(options), {
    workers: 3,
    loss: (trial) => trial < 7 ? undefined : trial === 7 ? Infinity : 2,
  });
  assertEquals(ranBrackets(few), ["9@1 2@3 1@9"]);
  assertEquals(few.at(-1)?.trial, 8);
  for (const loss of [undefined, NaN]) {
    const none = drive(successiveHalving(options), {
      workers: 2,
      loss: () => loss,
    });
    assertEquals(ranBrackets(none), ["9@1"]);
  }
  const first = drive(hyperband({ maxFidelity: 9 }), {
    workers: 4,
    loss: (trial) => trial < 9 ? undefined : trial,
  });
  assertEquals(ranBrackets(first), ["9@1", "5@3 1@9", "3@9"]);
});

test("hyperband: a free worker starts the next bracket instead of waiting", () => {
  const scheduler = hyperband({ maxFidelity: 9 });
  for (let trial = 0; trial < 9; trial++) scheduler.started(trial, 0, 0);
  assertEquals(scheduler.next(), { kind: "start", bracket: 1, rung: 0, to: 3 });
  scheduler.started(9, 1, 0);
  for (let trial = 0; trial < 9; trial++) scheduler.ended(trial, 0, -trial);
  // The earlier bracket is first again.
  const resume = { kind: "resume", trial: 8, from: 1, to: 3 } as const;
  assertEquals(scheduler.next(), { ...resume, bracket: 0, rung: 1 });
  const fresh = hyperband({ maxFidelity: 9 });
  const alone = drive(fresh, { workers: 1, loss: (trial) => trial });
  const brackets = alone.map(({ bracket }) => bracket);
  assertEquals(brackets, [...brackets].sort());
});

/** Losses of which many are equal and some fail. */
function lossesOf(seed: number, failing: number) {
  const random = createRandom(seed);
  return (trial: number, rung: number) => {
    const of = random.fork(`${trial}:${rung}`);
    return of.next() < failing ? undefined : of.integer(12) - 6;
  };
}

const runs = {
  seed: fc.nat(),
  workers: fc.constantFrom(1, 3, 8),
  failing: fc.constantFrom(0, 0, 0.2, 0.7),
  idle: fc.constantFrom(0, 0.6),
};

const synchronous = fc.oneof(
  fc.record({
    trials: fc.integer({ min: 1, max: 60 }),
    minFidelity: fc.integer({ min: 1, max: 4 }),
    maxFidelity: fc.integer({ min: 4, max: 90 }),
    eta: fc.integer({ min: 2, max: 5 }),
  }).map((options) => () => successiveHalving(options)),
  fc.record({
    minFidelity: fc.constantFrom(1, 2, 0.5),
    maxFidelity: fc.integer({ min: 2, max: 81 }),
    eta: fc.integer({ min: 2, max: 5 }),
    rounding: fc.constantFrom("floor" as const, "table" as const),
  }).map((options) => () => hyperband(options)),
);

test("successiveHalving: property: in any order of ends the plan is run and the best are promoted", () => {
  fc.assert(
    fc.property(
      fc.record({ ...runs, make: synchronous }),
      ({ seed, workers, failing, idle, make }) => {
        const random = createRandom(`order ${seed}`);
        const scheduler = make();
        const jobs = drive(scheduler, {
          workers,
          loss: lossesOf(seed, failing),
          pick: (running) => random.integer(running),
          isIdle: () => random.next() < idle,
        });
        const plan = scheduler.plan();
        if (failing === 0) {
          assertEquals(ranBrackets(jobs), printed(plan));
          assertEquals(jobs.length, plan.jobs);
          assertAlmostEquals(cost(jobs), plan.resuming);
        }
        assertOnce(jobs);
        for (const [bracket, rungs] of plan.brackets.entries()) {
          const ofBracket = jobs.filter((job) => job.bracket === bracket);
          for (const [rung, { trials, fidelity }] of rungs.entries()) {
            if (rung === 0) continue;
            assertPromoted(ofBracket, { rung, trials, fidelity });
          }
        }
        assertEquals(scheduler.next(), { kind: "done" });
      },
    ),
    { seed: 5, numRuns: 400 },
  );
});

/** Checks the trials that ran at a rung above the first one. */
function assertPromoted(
  jobs: readonly Ran[],
  { rung, trials, fidelity }: {
    rung: number;
    trials: number;
    fidelity: number;
  },
) {
  const below = jobs.filter((job) => job.rung === rung - 1);
  const here = jobs.filter((job) => job.rung === rung);
  const best = sorted(below).filter(({ loss }) => loss !== undefined)
    .slice(0, trials).map(({ trial }) => trial);
  const ran = new Set(here.map(({ trial }) => trial));
  assertEquals(ran, new Set(best));
  const last = Math.max(...below.map(({ order }) => order));
  for (const job of here) {
    assert(job.began > last, "began before the rung below was complete");
    assertEquals([job.from, job.to], [below[0]?.to, fidelity]);
  }
}

function assertOnce(jobs: readonly Ran[]) {
  const keys = jobs.map(({ trial, rung }) => `${trial}:${rung}`);
  assertEquals(new Set(keys).size, keys.length);
}

function cost(jobs: readonly Ran[]): number {
  return jobs.reduce((sum, { from, to }) => sum + to - from, 0);
}

test("hyperband: property: the same ends give the same jobs", () => {
  const run = (make: () => Scheduler) => {
    const random = createRandom(3);
    return drive(make(), {
      workers: 3,
      loss: lossesOf(1, 0.1),
      pick: (running) => random.integer(running),
    });
  };
  const ashaOptions = { trials: 80, minFidelity: 1, maxFidelity: 27 };
  for (
    const make of [
      () => hyperband({ maxFidelity: 27 }),
      () => asha(ashaOptions),
    ]
  ) {
    assertEquals(run(make), run(make));
  }
});

test("hyperband: property: a scheduler that is told past events continues in the same way", () => {
  const ashaOptions = { trials: 50, minFidelity: 1, maxFidelity: 27 };
  for (
    const make of [
      () => hyperband({ maxFidelity: 27 }),
      () => asha(ashaOptions),
    ]
  ) {
    const [lived, told] = [make(), make()];
    echo(lived, told);
    drive(lived, {
      workers: 3,
      loss: (trial) => (trial * 7) % 11,
      decided: (decision) => assertEquals(told.next(), decision),
    });
    assertEquals(told.next(), { kind: "done" });
  }
});

/** Tells another scheduler everything that one is told. */
function echo(one: Scheduler, other: Scheduler): void {
  const { started, ended } = one;
  one.started = (...args) => {
    started.apply(one, args);
    other.started(...args);
  };
  one.ended = (...args) => {
    ended.apply(one, args);
    other.ended(...args);
  };
}

test("started: trials of another plan are refused by name", () => {
  const made: Scheduler[] = [
    hyperband({ maxFidelity: 9 }),
    asha({ minFidelity: 1, maxFidelity: 9 }),
    ashaStopping({ minFidelity: 1, maxFidelity: 9 }),
    medianStopping({ fidelity: 9 }),
    fullFidelity(),
  ];
  for (const scheduler of made) {
    for (const [bracket, rung] of [[9, 0], [0, 9]] as const) {
      const error = assertThrows(
        () => scheduler.started(3, bracket, rung),
        SearchUsageError,
      );
      assert(error.message.includes("trial 3"));
    }
  }
});

test("schedulers: an option that is out of range is refused by its name", () => {
  const range = { minFidelity: 1, maxFidelity: 9 };
  const table: [() => unknown, string][] = [
    [() => hyperband({ maxFidelity: 0 }), "maxFidelity"],
    [() => hyperband({ maxFidelity: NaN }), "maxFidelity"],
    [() => hyperband({ maxFidelity: Infinity }), "maxFidelity"],
    [() => hyperband({ maxFidelity: 9, minFidelity: 10 }), "minFidelity"],
    [() => hyperband({ maxFidelity: 9, minFidelity: -1 }), "minFidelity"],
    [() => hyperband({ maxFidelity: 9, eta: 1 }), "eta"],
    [() => hyperband({ maxFidelity: 9, eta: 2.5 }), "eta"],
    [
      () => hyperband({ maxFidelity: 9, rounding: "up" as "floor" }),
      "rounding",
    ],
    [() => hyperband({ maxFidelity: 9, rounds: 0 }), "rounds"],
    [() => hyperband({ maxFidelity: 9, rounds: 1.5 }), "rounds"],
    [() => successiveHalving({ ...range, trials: 9, rounds: NaN }), "rounds"],
    [() => successiveHalving({ ...range, trials: 0 }), "trials"],
    [() => successiveHalving({ ...range, trials: Infinity }), "trials"],
    [() => asha({ ...range, trials: 1.5 }), "trials"],
    [() => asha({ ...range, eta: 0 }), "eta"],
    [() => ashaStopping({ ...range, trials: -1 }), "trials"],
    [() => ashaStopping({ ...range, minFidelity: 10 }), "minFidelity"],
    [() => fullFidelity({ trials: 0 }), "trials"],
    [() => fullFidelity({ fidelity: 0 }), "fidelity"],
    [() => medianStopping({ fidelity: -1 }), "fidelity"],
    [() => medianStopping({ fidelity: 9, warmup: NaN }), "warmup"],
    [() => medianStopping({ fidelity: 9, minCompleted: 0 }), "minCompleted"],
    [() => medianStopping({ fidelity: 9, trials: 0 }), "trials"],
  ];
  for (const [make, setting] of table) {
    assertEquals(assertThrows(make, SearchUsageError).setting, setting);
  }
});
