import { test } from "node:test";
import { assertEquals, assertGreater, assertLess } from "@std/assert";
import fc from "fast-check";
import {
  asha,
  bohbSampler,
  defineSpace,
  float,
  type Observation,
  type Point,
  randomSampler,
  type Sampler,
  type Scheduler,
  successiveHalving,
  tpeSampler,
} from "../../hyperopt/mod.ts";
import { createRandom, type Random } from "../../hyperopt/random.ts";
import { median } from "./_sampling.ts";

const square = defineSpace({ x: float(-5, 5), y: float(-5, 5) });
const RUNGS = { minFidelity: 1, maxFidelity: 9, eta: 3 };

/** A function with its minimum at (2, -1). */
function bowl([x = 0, y = 0]: Point): number {
  return (x - 2) ** 2 + (y + 1) ** 2;
}

type LossAt = (point: Point, fidelity: number) => number;

/** Runs a sampler under a scheduler with one worker; returns the points, and the losses at the greatest fidelity. */
function search(
  sampler: Sampler,
  make: () => Scheduler,
  options: { loss: LossAt; trials: number; seed: number },
): { points: Point[]; ends: number[] } {
  const { loss, trials, seed } = options;
  const root = createRandom(seed);
  const points: Point[] = [];
  const ends: number[] = [];
  sampler.prepare?.([1, 3, 9]);
  while (points.length < trials) {
    const scheduler = make();
    const first = points.length;
    for (;;) {
      const decision = scheduler.next();
      if (!("to" in decision)) break;
      const { kind, bracket, rung, to } = decision;
      const trial = kind === "resume" ? first + decision.trial : points.length;
      if (kind === "start") {
        const point = sampler.sample(trial, root.fork(trial)) ?? [];
        sampler.started?.(trial, point);
        points.push(point);
      }
      const point = points[trial] ?? [];
      const value = loss(point, to);
      scheduler.started(trial - first, bracket, rung);
      scheduler.ended(trial - first, rung, value);
      sampler.observe?.({ trial, point, fidelity: to, loss: value });
      if (to === RUNGS.maxFidelity) ends.push(value);
    }
  }
  return { points, ends };
}

const SCHEDULERS: Readonly<Record<string, () => Scheduler>> = {
  halving: () => successiveHalving({ ...RUNGS, trials: 27 }),
  asha: () => asha({ ...RUNGS, trials: 135 }),
};

function share(
  points: readonly Point[],
  is: (point: Point) => boolean,
): number {
  return points.filter(is).length / points.length;
}

/** Uniform points with their losses. */
function uniform(count: number, random: Random): Point[] {
  return Array.from(
    { length: count },
    () => [random.next() * 10 - 5, random.next() * 10 - 5],
  );
}

for (const [name, make] of Object.entries(SCHEDULERS)) {
  test(`tpeSampler, ${name}: where low rungs tell the truth, more points are good, and the best is better`, () => {
    const loss: LossAt = (point, fidelity) => bowl(point) + 1 / fidelity;
    const run = (sampler: () => Sampler) => {
      const found = Array.from(
        { length: 8 },
        (_, seed) => search(sampler(), make, { loss, trials: 135, seed }),
      );
      return {
        good: share(
          found.flatMap(({ points }) => points.slice(60)),
          (point) => bowl(point) < 4,
        ),
        best: median(found.map(({ ends }) => Math.min(...ends))),
      };
    };
    const model = run(() => tpeSampler(square));
    const random = run(() => randomSampler(square));
    assertGreater(model.good, 1.4 * random.good);
    assertLess(model.best - 1 / 9, (random.best - 1 / 9) / 1.2);
  });

  test(`tpeSampler, ${name}: where the first rung misleads, it is no worse than random`, () => {
    // At first (-4, 4) is best; in the end (2, -1) is.
    const loss: LossAt = (point, fidelity) => {
      const [x = 0, y = 0] = point;
      return fidelity === 1 ? (x + 4) ** 2 + (y - 4) ** 2 : bowl(point);
    };
    const run = (sampler: () => Sampler) =>
      Array.from(
        { length: 12 },
        (_, seed) => search(sampler(), make, { loss, trials: 135, seed }),
      );
    const model = run(() => tpeSampler(square));
    const random = run(() => randomSampler(square));
    const best = (found: typeof model) =>
      median(found.map(({ ends }) => Math.min(...ends)));
    assertLess(best(model), 1.1 * best(random));
    const late = model.flatMap(({ points }) => points.slice(60));
    assertGreater(share(late, ([x = 0]) => x > -1), 0.35);
  });
}

test("tpeSampler: where a scheduler has rungs, every third point is drawn near the good ones, and the others are screened", () => {
  const sampler = tpeSampler(square);
  sampler.prepare?.([1, 9]);
  const root = createRandom(1);
  uniform(60, root).forEach((point, trial) => {
    for (const fidelity of [1, 9]) {
      sampler.observe?.({ trial, point, fidelity, loss: bowl(point) });
    }
  });
  const far = (rest: number): number =>
    median(
      Array.from({ length: 100 }, (_, index) => {
        const trial = 60 + 3 * index + rest;
        return bowl(sampler.sample(trial, root.fork(trial)) ?? []);
      }),
    );
  const [first, second, local] = [far(0), far(1), far(2)];
  assertLess(local, first / 1.5);
  assertLess(local, second / 1.5);
});

test("tpeSampler: where trials are stopped on their way, those that went further were among the best of each rung", () => {
  const sampler = tpeSampler(square);
  sampler.prepare?.([1, 3, 9]);
  const root = createRandom(2);
  uniform(90, root).forEach((point, trial) => {
    const [x = 0] = point;
    // The losses do not matter: trials on the right are never stopped.
    const fidelity = x > 2 ? 9 : trial % 2 === 0 ? 1 : 3;
    sampler.observe?.({ trial, point, fidelity, loss: root.next() });
  });
  const points = Array.from(
    { length: 100 },
    (_, index) => sampler.sample(100 + index, root.fork(index)) ?? [],
  );
  assertGreater(share(points, ([x = 0]) => x > 1.5), 0.5);
});

test("tpeSampler: where trials are promoted, one that began at a higher rung says nothing about the lower ones", () => {
  const sampler = tpeSampler(square);
  sampler.prepare?.([1, 9]);
  const root = createRandom(3);
  uniform(90, root).forEach((point, trial) => {
    const [x = 0] = point;
    // The left half begins at the second rung, where the losses tell nothing.
    const begins = x < 0 ? 9 : 1;
    const loss = begins === 9 ? 50 + root.next() : (x - 4) ** 2;
    sampler.observe?.({ trial, point, fidelity: begins, loss });
    if (begins === 9 || trial % 8 > 0) return;
    sampler.observe?.({ trial, point, fidelity: 9, loss: 50 + root.next() });
  });
  const next = Array.from(
    { length: 200 },
    (_, index) => sampler.sample(100 + index, root.fork(index)) ?? [],
  );
  assertGreater(share(next, ([x = 0]) => x > 2), 0.25);
});

test("tpeSampler: with rungs, too, the point depends on the observations, not on their order", () => {
  const coordinate = fc.double({ min: -5, max: 5, noNaN: true });
  const made = fc.record({
    point: fc.tuple(coordinate, coordinate),
    reached: fc.constantFrom(1, 2, 3),
    // Few losses, so that there are ties.
    losses: fc.tuple(
      fc.constantFrom(0, 1, 2),
      fc.constantFrom(0, 1, 2),
      fc.constantFrom(0, 1, 2),
    ),
  });
  const ask = (observations: readonly Observation[], trial: number) => {
    const sampler = bohbSampler(square, { randomShare: 0 });
    sampler.prepare?.([1, 3, 9]);
    sampler.started?.(500, [0, 0]);
    for (const observation of observations) sampler.observe?.(observation);
    return sampler.sample(trial, createRandom(1).fork(trial));
  };
  fc.assert(fc.property(
    fc.array(made, { minLength: 20, maxLength: 40 }).chain((trials) => {
      const all = trials.flatMap(({ point, reached, losses }, trial) =>
        [1, 3, 9].slice(0, reached).map((fidelity, index): Observation => ({
          trial,
          point,
          fidelity,
          loss: losses[index],
        }))
      );
      return fc.tuple(
        fc.constant(all),
        fc.shuffledSubarray(all, { minLength: all.length }),
        fc.constantFrom(98, 99),
      );
    }),
    ([ordered, shuffled, trial]) => {
      assertEquals(ask(shuffled, trial), ask(ordered, trial));
    },
  ));
});
