/** How far the models of a search with rungs are trusted. */
import { test } from "node:test";
import {
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
} from "@std/assert";
import fc from "fast-check";
import {
  bohbSampler,
  defineSpace,
  float,
  ordinal,
  type Point,
  randomSampler,
  type Sampler,
  tpeSampler,
} from "../../hyperopt/mod.ts";
import { createRandom, type Random } from "../../hyperopt/random.ts";
import type { Entry } from "../../hyperopt/samplers/_history.ts";
import { rankAgreement } from "../../hyperopt/samplers/_rank_agreement.ts";
import { Skill } from "../../hyperopt/samplers/_skill.ts";
import { median } from "./_sampling.ts";

type LossOf = (x: number, y: number, noise: number) => number;

const bowl: LossOf = (x, y) => (x - 0.7) ** 2 + (y - 0.3) ** 2;
const noise: LossOf = (_x, _y, noise) => noise;

/** Trials at random points of the unit square, best first. */
function trials(random: Random, count: number, loss: LossOf): Entry[] {
  return Array.from({ length: count }, (_, trial): Entry => {
    const [x, y] = [random.next(), random.next()];
    // A row has the places, and then the widths of the bins.
    return { trial, loss: loss(x, y, random.next()), row: [x, y, 0, 0] };
  }).sort((a, b) => a.loss - b.loss);
}

/** The median weights of two rungs over 20 seeds; a third of the trials went to the second one. */
function weights(options: {
  readonly first: LossOf;
  readonly last: LossOf;
}): number[] {
  const dimension = { choices: 0, always: true };
  const all = Array.from({ length: 20 }, (_, seed) => {
    const skill = new Skill({ kinds: [dimension, dimension], goodShare: 0.25 });
    const random = createRandom(seed);
    const low = trials(random, 60, options.first);
    const high = low.slice(0, 20).map((entry): Entry => {
      const [x = 0, y = 0] = entry.row;
      return { ...entry, loss: options.last(x, y, random.next()) };
    }).sort((a, b) => a.loss - b.loss);
    const judged = { fidelity: 9, ranked: high };
    const rungs = [judged, { fidelity: 1, ranked: low }];
    return skill.weights(rungs, judged, []);
  });
  return [0, 1].map((rung) => median(all.map((each) => each[rung] ?? NaN)));
}

test("Skill: where losses have no structure, models are not trusted", () => {
  assertEquals(weights({ first: noise, last: noise }), [0, 0]);
});

test("Skill: what a model says of its own trials is no evidence, also of trials that failed further on", () => {
  const dimension = { choices: 0, always: true };
  const found = Array.from({ length: 40 }, (_, seed) => {
    const skill = new Skill({ kinds: [dimension, dimension], goodShare: 0.25 });
    const low = trials(createRandom(seed), 40, noise);
    const judged = { fidelity: 9, ranked: low.slice(0, 12) };
    // They are among the trials of the first rung, and rank last: the model has seen the order that it is asked for.
    const failed = low.slice(12, 24);
    const [weight = NaN] = skill.weights(
      [{ fidelity: 1, ranked: low }],
      judged,
      failed,
    );
    return weight;
  });
  assertLess(found.reduce((sum, weight) => sum + weight, 0) / 40, 0.1);
});

test("Skill: where losses can be learned, both models are trusted", () => {
  const [high = 0, low = 0] = weights({ first: noise, last: bowl });
  assertGreater(high, 0.5);
  // The first rung tells nothing of the last one, so its model is not trusted.
  assertLess(low, 0.2);
  for (const weight of weights({ first: bowl, last: bowl })) {
    assertGreater(weight, 0.3);
  }
});

test("Skill: a first rung that misleads is not trusted, however well its model knows it", () => {
  const misleading: LossOf = (x, y) => -bowl(x, y, 0);
  const [, low = NaN] = weights({ first: misleading, last: bowl });
  assertEquals(low, 0);
});

test("Skill: failed trials rank last, so places where trials fail are learned", () => {
  const dimension = { choices: 0, always: true };
  const skill = new Skill({ kinds: [dimension, dimension], goodShare: 0.25 });
  const all = trials(createRandom(1), 60, noise);
  const isLeft = ({ row }: Entry) => (row[0] ?? 0) < 0.5;
  const judged = { fidelity: 9, ranked: all.filter(isLeft) };
  const [alone = NaN] = skill.weights([judged], judged, []);
  const failed = all.filter((entry) => !isLeft(entry));
  const [weight = NaN] = skill.weights([judged], judged, failed);
  assertGreater(weight, alone + 0.3);
});

test("Skill: the weights depend on the trials up to the newest judged one, not on when they are asked for", () => {
  const dimension = { choices: 0, always: true };
  const options = { kinds: [dimension, dimension], goodShare: 0.25 };
  const low = trials(createRandom(3), 60, bowl);
  const judged = {
    fidelity: 9,
    ranked: low.filter(({ trial }) => trial < 30).slice(0, 10),
  };
  const early = new Skill(options);
  const until = (trials: number) => [{
    fidelity: 1,
    ranked: low.filter(({ trial }) => trial < trials),
  }];
  early.weights(until(40), judged, []);
  const late = new Skill(options).weights(until(60), judged, []);
  assertEquals(early.weights(until(60), judged, []), late);
});

test("rankAgreement: Kendall's tau of known orders", () => {
  const ranks = [0, 1, 2, 3];
  assertEquals(rankAgreement([4, 3, 2, 1], ranks).tau, 1);
  assertEquals(rankAgreement([1, 2, 3, 4], ranks).tau, -1);
  assertAlmostEquals(rankAgreement([4, 3, 1, 2], ranks).tau, 2 / 3);
  // One pair has equal ranks, and one of the other five has equal scores.
  assertAlmostEquals(rankAgreement([4, 4, 2, 1], [0, 1, 2, 2]).tau, 4 / 5);
  assertEquals(rankAgreement([1, 2, 3], [5, 5, 5]).tau, 0);
  assertEquals(rankAgreement([2, 1, 0], [0, Infinity, Infinity]).tau, 1);
});

test("rankAgreement: scores that know nothing have a mean tau of 0, and a deviation of the error", () => {
  const random = createRandom(1);
  const ranks = Array.from({ length: 12 }, (_, rank) => rank);
  const found = Array.from(
    { length: 4000 },
    () => rankAgreement(ranks.map(() => random.next()), ranks),
  );
  const mean = found.reduce((sum, { tau }) => sum + tau, 0) / found.length;
  const square = found.reduce((sum, { tau }) => sum + tau ** 2, 0);
  assertAlmostEquals(mean, 0, 0.02);
  assertAlmostEquals(
    Math.sqrt(square / found.length),
    found[0]?.error ?? NaN,
    0.01,
  );
});

test("rankAgreement: turning the scores around turns the sign", () => {
  const numbers = fc.array(fc.tuple(fc.integer(), fc.integer()), {
    minLength: 2,
    maxLength: 20,
  });
  fc.assert(fc.property(numbers, (pairs) => {
    const [scores, ranks] = [pairs.map(([a]) => a), pairs.map(([, b]) => b)];
    const { tau } = rankAgreement(scores, ranks);
    assertAlmostEquals(
      rankAgreement(scores.map((score) => -score), ranks).tau,
      -tau,
    );
  }));
});

const square = defineSpace({ x: float(0, 1), y: float(0, 1) });

/** Asks a sampler for 200 points after 90 trials, a third of which went further. */
function after(sampler: Sampler, loss: LossOf, seed: number): Point[] {
  sampler.prepare?.([1, 3, 9]);
  const root = createRandom(seed);
  const low = trials(root, 90, loss);
  low.forEach(({ trial, loss, row }, place) => {
    for (const fidelity of place % 3 === 0 ? [1, 3, 9] : [1]) {
      const point = row.slice(0, 2);
      sampler.observe?.({ trial, point, fidelity, loss });
    }
  });
  return Array.from(
    { length: 200 },
    (_, index) => sampler.sample(1000 + index, root.fork(index)) ?? [],
  );
}

for (const [name, make] of Object.entries({ tpeSampler, bohbSampler })) {
  test(`${name}: where losses have no structure, its points are random ones`, () => {
    const found = [0, 1, 2, 3, 4, 5].map((seed) => {
      const points = after(make(square), noise, seed);
      const random = after(randomSampler(square), noise, seed);
      const isSame = (point: Point, index: number) =>
        point.join() === random[index]?.join();
      return points.filter(isSame).length / points.length;
    });
    // Of the points of random search, about one in e is not near a known one; the others are drawn again.
    assertGreater(median(found), 0.25);
  });

  test(`${name}: where losses can be learned, its points are good ones`, () => {
    const good = (sampler: Sampler) =>
      after(sampler, bowl, 1)
        .filter(([x = 0, y = 0]) => bowl(x, y, 0) < 0.06).length / 200;
    assertGreater(
      good(make(square)),
      1.5 * good(randomSampler(square)),
    );
  });
}

test("tpeSampler: of a few ordered values, neighbours are not avoided, and few are tried twice", () => {
  const values = Array.from({ length: 10 }, (_, index) => index);
  const space = defineSpace({
    a: ordinal(values),
    b: ordinal([1, 2]),
    c: ordinal([1, 2]),
  });
  const found = [1, 2, 3, 4, 5].map((seed) => {
    const sampler = tpeSampler(space);
    sampler.prepare?.([1, 3, 9]);
    const root = createRandom(seed);
    const points: Point[] = [];
    let beside = 0;
    for (let trial = 0; trial < 18; trial++) {
      const random = root.fork(trial);
      const point = sampler.sample(trial, random) ?? [];
      sampler.started?.(trial, point);
      for (const fidelity of [1, 3]) {
        const loss = random.fork(fidelity).next();
        sampler.observe?.({ trial, point, fidelity, loss });
      }
      const [a = 0, ...rest] = point;
      const isBeside = points.some(([other = 0, ...others]) =>
        Math.abs(other - a) === 1 && others.join() === rest.join()
      );
      if (trial >= 10 && isBeside) beside++;
      points.push(point);
    }
    const late = points.slice(10).map((point) => point.join());
    return { beside, different: new Set(late).size };
  });
  // Of 40 configs about 14 were tried; about half of the others are beside one of them.
  assertGreater(median(found.map(({ beside }) => beside)), 2);
  // If all that it draws was tried, the study asks it again.
  assertGreater(median(found.map(({ different }) => different)), 7);
});
