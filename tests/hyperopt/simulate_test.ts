/** The simulator, and trials that do not depend on the number of workers. */
import { test } from "node:test";
import {
  assert,
  assertEquals,
  assertNotEquals,
  assertThrows,
} from "@std/assert";
import {
  asha,
  fullFidelity,
  hyperband,
  memoryJournal,
  type Scheduler,
  simulate,
  type StudyEvent,
  StudySettingError,
  successiveHalving,
  tpeSampler,
  virtualClock,
} from "@ato/ato/hyperopt";
import { median } from "./_sampling.ts";
import { jobOf, outcomeOf, runAll, SPACE, studyOf } from "./_studies.ts";

const SCHEDULERS: Record<string, () => Scheduler> = {
  asha: () => asha({ minFidelity: 1, maxFidelity: 27, trials: 40 }),
  hyperband: () => hyperband({ minFidelity: 1, maxFidelity: 27 }),
  halving: () =>
    successiveHalving({ trials: 27, minFidelity: 1, maxFidelity: 27 }),
};

function run(
  scheduler: () => Scheduler,
  workers: number,
  order: "arrival" | "logical",
  seed = 5,
): { outcome: unknown[]; time: number; busy: number } {
  const clock = virtualClock();
  const study = studyOf({
    scheduler: scheduler(),
    sampler: tpeSampler(SPACE),
    order,
    clock: clock.now,
    lease: 1e9,
    seed,
  });
  let busy = 0;
  const time = simulate(study, {
    workers,
    clock,
    objective: ({ config, to }) => ({ loss: (config.x - 0.3) ** 2 + 1 / to }),
    // Some trials are slow, so that workers overtake each other.
    cost: ({ trial, from, to }) => {
      const cost = (to - from) * (1 + (trial * 7) % 5);
      busy += cost;
      return cost;
    },
  });
  const outcome = outcomeOf(study);
  study.close();
  return { outcome, time, busy };
}

for (const [name, scheduler] of Object.entries(SCHEDULERS)) {
  test(`simulate: ${name}: in logical order the trials are the same for 1 to 16 workers`, () => {
    const alone = run(scheduler, 1, "logical");
    for (const workers of [2, 3, 8, 16]) {
      const many = run(scheduler, workers, "logical");
      assertEquals(many.outcome, alone.outcome, `${workers} workers`);
      assert(many.time < alone.time, "and it takes less time");
    }
  });
}

test("simulate: in logical order a long job does not hold up the short ones, with the default width", () => {
  const scheduler = () => asha({ maxFidelity: 81, trials: 300 });
  for (const workers of [2, 4, 8]) {
    // In a single search, one long job at the end can leave the other workers idle.
    const shares = [5, 6, 7, 8, 9].map((seed) => {
      const arrival = run(scheduler, workers, "arrival", seed);
      const logical = run(scheduler, workers, "logical", seed);
      return logical.busy / logical.time / (arrival.busy / arrival.time);
    });
    assert(median(shares) > 0.9, `${workers} workers: ${shares}`);
  }
});

test("simulate: in logical order results count as if all units took the same time", () => {
  const counted = (width: number) => {
    const events: StudyEvent[] = [];
    const journal = memoryJournal();
    const study = studyOf({
      order: "logical",
      width,
      journal,
      scheduler: asha({ maxFidelity: 4, eta: 4, trials: 8 }),
    });
    runAll(study, ({ trial }) => trial);
    events.push(...journal.read());
    return events.flatMap((event) =>
      event.kind === "settled" ? event.trial : []
    );
  };
  // With one worker, each job counts before the next one begins. Trials 0 and 1 are promoted.
  assertEquals(counted(1), [0, 1, 2, 3, 0, 4, 5, 6, 7, 1]);
  // With two, trials 5 and 6 count before the promoted trial 0, which began before them but is four times as long.
  assertEquals(counted(2), [0, 1, 2, 3, 4, 5, 6, 0, 7, 1]);
});

test("openStudy: without a width, a study keeps the one that it began with", () => {
  for (const width of [undefined, 8]) {
    const journal = memoryJournal();
    const open = (options: object = {}) =>
      studyOf({
        journal,
        order: "logical",
        scheduler: fullFidelity({ trials: 30 }),
        ...options,
      });
    open({ ...(width !== undefined && { width }) }).close();
    const study = open();
    for (let i = 0; i < (width ?? 16); i++) jobOf(study.ask());
    assertEquals(study.ask(), { kind: "wait" });
    study.close();
    const error = assertThrows(() => open({ width: 9 }), StudySettingError);
    assertEquals(error.setting, "width");
  }
});

test("simulate: in the order of arrival the trials may differ, and workers seldom wait", () => {
  // The last trials of a short search leave most workers without a job.
  const scheduler = () =>
    asha({ minFidelity: 1, maxFidelity: 27, trials: 200 });
  const alone = run(scheduler, 1, "arrival");
  const many = run(scheduler, 8, "arrival");
  assertNotEquals(many.outcome, alone.outcome);
  assert(many.time < alone.time / 4);
});

test("simulate: a simulation that is repeated has the same result", () => {
  for (const order of ["arrival", "logical"] as const) {
    assertEquals(
      run(SCHEDULERS["asha"]!, 3, order),
      run(SCHEDULERS["asha"]!, 3, order),
    );
  }
});

test("simulate: eight workers take about an eighth of the time if none waits", () => {
  const time = (workers: number) => {
    const clock = virtualClock();
    const study = studyOf({
      scheduler: asha({ minFidelity: 1, maxFidelity: 1, trials: 80 }),
      clock: clock.now,
      lease: 1e9,
    });
    return simulate(study, {
      workers,
      clock,
      objective: ({ config }) => ({ loss: config.x }),
    });
  };
  assertEquals([time(1), time(8)], [80_000, 10_000]);
});
