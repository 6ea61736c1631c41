/** The simulator, and trials that do not depend on the number of workers. */
import { test } from "node:test";
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import {
  asha,
  hyperband,
  type Scheduler,
  simulate,
  successiveHalving,
  tpeSampler,
  virtualClock,
} from "@ato/ato/hyperopt";
import { outcomeOf, SPACE, studyOf } from "./_studies.ts";

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
): { outcome: unknown[]; time: number } {
  const clock = virtualClock();
  const study = studyOf({
    scheduler: scheduler(),
    sampler: tpeSampler(SPACE),
    order,
    clock: clock.now,
    lease: 1e9,
    seed: 5,
  });
  const time = simulate(study, {
    workers,
    clock,
    objective: ({ config, to }) => ({ loss: (config.x - 0.3) ** 2 + 1 / to }),
    // Some trials are slow, so that workers overtake each other.
    cost: ({ trial, from, to }) => (to - from) * (1 + (trial * 7) % 5),
  });
  const outcome = outcomeOf(study);
  study.close();
  return { outcome, time };
}

for (const [name, scheduler] of Object.entries(SCHEDULERS)) {
  test(`simulate: ${name}: in logical order the trials are the same for 1 to 8 workers`, () => {
    const alone = run(scheduler, 1, "logical");
    for (const workers of [2, 3, 8]) {
      const many = run(scheduler, workers, "logical");
      assertEquals(many.outcome, alone.outcome, `${workers} workers`);
      assert(many.time < alone.time, "and it takes less time");
    }
  });
}

test("simulate: in the order of arrival the trials may differ, and no worker waits", () => {
  const alone = run(SCHEDULERS["asha"]!, 1, "arrival");
  const many = run(SCHEDULERS["asha"]!, 8, "arrival");
  assertNotEquals(many.outcome, alone.outcome);
  assert(many.time < run(SCHEDULERS["asha"]!, 8, "logical").time);
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
