/** The samplers for several objectives. */
import { test } from "node:test";
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertNotEquals,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import {
  category,
  conditional,
  defineSpace,
  float,
  hypervolume,
  int,
  motpeSampler,
  nsga2Sampler,
  type Observation,
  ordinal,
  type Point,
  randomSampler,
  type Sampler,
  SearchUsageError,
  type Space,
} from "@ato/ato/hyperopt";
import { createRandom } from "../../hyperopt/random.ts";
import { splitFronts } from "../../hyperopt/samplers/_front_split.ts";
import type { EndedTrial } from "../../hyperopt/samplers/_results.ts";
import { mutated, sbx } from "../../hyperopt/samplers/_variation.ts";
import { fault, median } from "./_sampling.ts";

const MIXED = defineSpace({
  x: float(1e-3, 1, { log: true }),
  n: int(1, 30),
  s: float(0, 1, { step: 0.25 }),
  o: ordinal([1, 2, 4]),
  model: category(["a", "b", "c"]),
  of: conditional("model", {
    a: { p: float(0, 1) },
    b: { q: int(0, 3), kind: category(["u", "v"]) },
  }),
});

type MakeSampler = (space: Space<unknown>) => Sampler;

const SAMPLERS: Readonly<Record<string, MakeSampler>> = {
  nsga2: (space) => nsga2Sampler(space, { population: 6 }),
  motpe: (space) => motpeSampler(space, { startup: 6 }),
};

/** Two objectives that disagree, and a constraint. */
function resultOf(
  point: Point,
): Pick<Observation, "loss" | "losses" | "violation"> {
  const [x = 0, n = 0] = point;
  const losses = [x + n / 30, (1 - x) ** 2 + n / 60];
  return { loss: losses[0], losses, violation: Math.max(0, x - 0.8) };
}

for (const [name, makeSampler] of Object.entries(SAMPLERS)) {
  test(`${name}: all points fit in the space, whatever fails, runs or is infeasible`, () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const sampler = makeSampler(MIXED);
        const random = createRandom(seed);
        for (let trial = 0; trial < 40; trial++) {
          const point = sampler.sample(trial, random.fork(trial))!;
          assertEquals(fault(MIXED, point), undefined);
          sampler.started?.(trial, point);
          const fate = random.integer(4);
          if (fate === 0) continue;
          sampler.observe?.({
            trial,
            point,
            fidelity: 1,
            ...(fate === 1 ? { loss: undefined } : resultOf(point)),
          });
        }
      }),
      { numRuns: 20 },
    );
  });

  test(`${name}: the points do not depend on the order in which results arrive`, () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), (seed, order) => {
        const random = createRandom(seed);
        const points = Array.from(
          { length: 25 },
          (_, trial) => randomSampler(MIXED).sample(trial, random.fork(trial))!,
        );
        const observations = points.map((point, trial): Observation => ({
          trial,
          point,
          fidelity: 1,
          ...(trial % 7 === 0 ? { loss: undefined } : resultOf(point)),
        }));
        const shuffled = observations
          .map((one) => ({
            one,
            place: createRandom(order).fork(one.trial).next(),
          }))
          .sort((a, b) => a.place - b.place).map(({ one }) => one);
        const next = [observations, shuffled].map((arrived) => {
          const sampler = makeSampler(MIXED);
          points.forEach((point, trial) => sampler.started?.(trial, point));
          // One trial still runs when the next one is asked for.
          const drawn = arrived.map((one, count) => {
            sampler.observe?.(one);
            return count > 20
              ? sampler.sample(count, createRandom(count))
              : undefined;
          });
          return drawn.at(-1);
        });
        assertEquals(next[0], next[1]);
      }),
      { numRuns: 20 },
    );
  });

  test(`${name}: it finds a better front than random search`, () => {
    const space = defineSpace(Object.fromEntries(
      Array.from({ length: 5 }, (_, i) => [`x${i}`, float(0, 1)]),
    ));
    const volumes = (makeSampler: MakeSampler) =>
      [1, 2, 3, 4, 5].map((seed) => {
        const sampler = makeSampler(space);
        const random = createRandom(seed);
        const found: number[][] = [];
        for (let trial = 0; trial < 120; trial++) {
          const point = sampler.sample(trial, random.fork(trial))!;
          const [f = 0, ...rest] = point as number[];
          const g = 1 + 9 * rest.reduce((sum, x) => sum + x, 0) / 4;
          const losses = [f, g * (1 - Math.sqrt(f / g))];
          sampler.observe?.({ trial, point, fidelity: 1, loss: f, losses });
          found.push(losses);
        }
        return hypervolume(found, [1.1, 6]);
      });
    assertGreater(
      median(volumes(makeSampler)),
      median(volumes((space) => randomSampler(space))) + 0.2,
    );
  });

  test(`${name}: it leaves the region in which trials are infeasible or fail`, () => {
    const space = defineSpace({ x: float(0, 1) });
    for (
      const bad of [{ loss: undefined }, {
        loss: 0,
        losses: [0, 0],
        violation: 1,
      }]
    ) {
      const sampler = makeSampler(space);
      const random = createRandom(4);
      let late = 0;
      for (let trial = 0; trial < 80; trial++) {
        const point = sampler.sample(trial, random.fork(trial))!;
        const x = point[0]!;
        const good = { loss: x, losses: [x, 0.3 - x], violation: 0 };
        const result = x < 0.3 ? good : bad;
        if (trial >= 40 && x < 0.3) late++;
        sampler.observe?.({ trial, point, fidelity: 1, ...result });
      }
      assertGreater(late, 25);
    }
  });

  test(`${name}: with one objective it is a plain sampler of losses`, () => {
    const space = defineSpace({ x: float(-5, 5), y: float(-5, 5) });
    const sampler = makeSampler(space);
    const random = createRandom(2);
    let best = Infinity;
    for (let trial = 0; trial < 150; trial++) {
      const point = sampler.sample(trial, random.fork(trial))!;
      const loss = (point[0]! - 2) ** 2 + (point[1]! + 1) ** 2;
      sampler.observe?.({ trial, point, fidelity: 1, loss });
      best = Math.min(best, loss);
    }
    assert(best < 0.1, String(best));
  });

  test(`${name}: an option that is unknown or out of range is refused`, () => {
    const make = (name === "nsga2" ? nsga2Sampler : motpeSampler) as (
      space: unknown,
      options?: unknown,
    ) => Sampler;
    const cases: [object, string][] = name === "nsga2"
      ? [
        [{ population: 3 }, "population is 3; give a whole number from 4 up"],
        [{ crossover: 2 }, "crossover is 2; give a number from 0 to 1"],
        [{ mutation: NaN }, "mutation is NaN; give a number from 0 to 1"],
        [{ mutationIndex: -1 }, "mutationIndex is -1; give a number from 0 up"],
        [{ crossoverIndex: Infinity }, "crossoverIndex is Infinity; give"],
        [{ populatoin: 8 }, "population"],
      ]
      : [
        [{ startup: -1 }, "startup is -1; give a whole number from 0 up"],
        [{ candidates: 0 }, "candidates is 0; give a whole number from 1 up"],
        [{ goodShare: 1.5 }, "goodShare is 1.5; give a number from 0 to 1"],
        [{ goodshare: 0.1 }, "goodShare"],
      ];
    for (const [options, message] of cases) {
      assertThrows(() => make(MIXED, options), SearchUsageError, message);
    }
    assertThrows(() => make(undefined), SearchUsageError, "give a space");
  });
}

test("nsga2: a trial of a whole generation that ends late changes the generations that follow", () => {
  const space = defineSpace({ x: float(0, 1) });
  const draw = (ended: readonly number[]) => {
    const sampler = nsga2Sampler(space, { population: 4 });
    for (const trial of ended) {
      const x = trial / 10;
      sampler.observe?.({
        trial,
        point: [x],
        fidelity: 1,
        loss: x,
        losses: [x, 1 - x],
      });
    }
    return Array.from(
      { length: 9 },
      (_, seed) => sampler.sample(9, createRandom(seed))![0],
    );
  };
  assertEquals(draw([0, 1, 2, 4, 5, 3]), draw([0, 1, 2, 3, 4, 5]));
  // Without trial 3, the generation has another member.
  assertNotEquals(draw([0, 1, 2, 4, 5]), draw([0, 1, 2, 3, 4, 5]));
});

const UNIT = fc.double({ min: 0, max: 1, noNaN: true });

test("sbx and mutated: positions stay in range, and equal parents have an equal child", () => {
  fc.assert(fc.property(UNIT, UNIT, fc.integer(), (one, other, seed) => {
    const random = createRandom(seed);
    for (
      const unit of [
        sbx(one, other, { index: 15, random }),
        mutated(one, 20, random),
      ]
    ) {
      assert(unit >= 0 && unit <= 1, String(unit));
    }
    assertEquals(sbx(one, one, { index: 15, random }), one);
  }));
});

test("sbx and mutated: the mean of children is near that of their parents, away from the bounds", () => {
  const random = createRandom(3);
  const meanOf = (draw: () => number) => {
    let sum = 0;
    for (let i = 0; i < 20_000; i++) sum += draw();
    return sum / 20_000;
  };
  assertAlmostEquals(
    meanOf(() => sbx(0.45, 0.6, { index: 15, random })),
    0.525,
    0.003,
  );
  assertAlmostEquals(meanOf(() => mutated(0.5, 20, random)), 0.5, 0.003);
});

test("splitFronts: whole fronts are good, then those that add most hypervolume; the others and failed ones are bad", () => {
  const ended = (losses: number[][], violations: number[] = []): EndedTrial[] =>
    losses.map((losses, trial) => ({
      trial,
      row: [trial],
      measured: losses.length === 0 ? undefined : {
        trial,
        row: [trial],
        fidelity: 1,
        losses,
        violation: violations[trial] ?? 0,
      },
    }));
  const good = (trials: EndedTrial[], share: number) =>
    splitFronts(trials, share).good.map(([trial]) => trial);
  // The ends and the middle of a line add more than the points next to them.
  const line = ended([[0, 4], [0.1, 3.9], [2, 2], [3.9, 0.1], [4, 0]]);
  assertEquals(good(line, 0.2), [2]);
  assertEquals(new Set(good(line, 1)), new Set([0, 1, 2, 3, 4]));
  const fronts = ended([[3, 3], [1, 2], [], [2, 1], [4, 4]]);
  assertEquals(good(fronts, 0.4), [1, 3]);
  assertEquals(good(fronts, 0.6), [1, 3, 0]);
  assertEquals(splitFronts(fronts, 0.4).bad.map(([trial]) => trial), [0, 4, 2]);
  const infeasible = ended([[0, 0], [5, 5], [1, 1]], [2, 0, 1]);
  assertEquals(good(infeasible, 0.3), [1]);
  assertEquals(good(infeasible, 0.6), [1, 2]);
});

test("splitFronts: the weights have the mean 1, and a trial that adds more hypervolume weighs more", () => {
  const losses = [[0, 4], [0.1, 3.9], [2, 2], [4, 0]];
  const { good, weights } = splitFronts(
    losses.map((losses, trial) => ({
      trial,
      row: [trial],
      measured: { trial, row: [trial], fidelity: 1, losses, violation: 0 },
    })),
    1,
  );
  const weightOf = (trial: number) =>
    weights[good.findIndex(([one]) => one === trial)]!;
  assertAlmostEquals(
    weights.reduce((sum, weight) => sum + weight, 0),
    4,
    1e-12,
  );
  assert(weightOf(2) > weightOf(1) && weightOf(0) > 0);
});
