import { test } from "node:test";
import { assertEquals, assertGreater, assertLess } from "@std/assert";
import fc from "fast-check";
import {
  category,
  cmaEsSampler,
  defineSpace,
  float,
  gaussianProcessSampler,
  int,
  type Observation,
  type Point,
  randomSampler,
  type Sampler,
  type Space,
  tpeSampler,
} from "../../hyperopt/mod.ts";
import { createRandom } from "../../hyperopt/random.ts";
import {
  bests,
  bowl,
  median,
  search,
  share,
  square,
  twoModels,
} from "./_sampling.ts";

/** A search, and which share of its points must be where they should after the first `from`. */
interface Expected {
  readonly trials: number;
  readonly from: number;
  readonly share: number;
}

/** A sampler that learns, and how fast it has to. */
interface Learner {
  readonly make: (space: Space<unknown>) => Sampler;
  /** The same with little to wait for: it is asked after few observations. */
  readonly makeEager?: (space: Space<unknown>) => Sampler;
  /** Points of the better of two models, and the loss that is found. */
  readonly models: Expected & { readonly loss: number };
  /** Points where trials fail, at most. */
  readonly failing: Expected;
  /** Points where the loss is minus infinity. */
  readonly infinite: Expected;
  /** The median of the seeds, as a share of that of random search. */
  readonly kinds: {
    readonly trials: number;
    readonly seeds: number;
    readonly regret: number;
    /** Whether each seed has to find the right choice. */
    readonly always: boolean;
  };
  readonly order: {
    readonly most: number;
    readonly runs: number;
    /** Whether running trials have no influence at all. */
    readonly ignoresRunning: boolean;
    /** After which observations it is asked, too. */
    readonly asks: (index: number) => boolean;
  };
  readonly repeated: number;
}

const LEARNERS: Readonly<Record<string, Learner>> = {
  tpeSampler: {
    make: tpeSampler,
    models: { trials: 120, from: 60, share: 0.7, loss: 0.1 },
    failing: { trials: 120, from: 40, share: 0.2 },
    infinite: { trials: 80, from: 40, share: 0.7 },
    kinds: { trials: 80, seeds: 15, regret: 1 / 3, always: true },
    order: {
      most: 40,
      runs: 100,
      ignoresRunning: false,
      asks: (index) => index % 3 === 0,
    },
    repeated: 25,
  },
  cmaEsSampler: {
    make: cmaEsSampler,
    makeEager: (space) => cmaEsSampler(space, { population: 4 }),
    models: { trials: 200, from: 100, share: 0.7, loss: 0.05 },
    failing: { trials: 160, from: 60, share: 0.2 },
    infinite: { trials: 120, from: 60, share: 2 / 3 },
    kinds: { trials: 300, seeds: 5, regret: 1 / 10, always: true },
    order: {
      most: 40,
      runs: 100,
      ignoresRunning: true,
      asks: (index) => index % 3 === 0,
    },
    repeated: 25,
  },
  gaussianProcessSampler: {
    make: gaussianProcessSampler,
    // Every second point has choices at random once there is little to improve.
    models: { trials: 45, from: 0, share: 0, loss: 0.01 },
    failing: { trials: 45, from: 20, share: 9 / 25 },
    infinite: { trials: 40, from: 15, share: 13 / 25 },
    kinds: { trials: 50, seeds: 3, regret: 1 / 20, always: false },
    // A point takes milliseconds.
    order: {
      most: 30,
      runs: 15,
      ignoresRunning: false,
      asks: (index) => index === 11,
    },
    repeated: 15,
  },
};

/** Feeds a sampler, asking in between if told so, then asks for a point. */
function after(
  sampler: Sampler,
  observations: readonly Observation[],
  options: {
    readonly pending?: readonly (readonly [number, Point])[];
    readonly asks?: (index: number) => boolean;
  } = {},
): Point | undefined {
  const { pending = [], asks = () => false } = options;
  for (const [trial, point] of pending) sampler.started?.(trial, point);
  observations.forEach((observation, index) => {
    sampler.observe?.(observation);
    if (asks(index)) sampler.sample(90, createRandom(2));
  });
  return sampler.sample(99, createRandom(1).fork(99));
}

const coordinate = fc.double({ min: -5, max: 5, noNaN: true });
const result = fc.record({
  point: fc.tuple(coordinate, coordinate),
  fidelity: fc.constantFrom(1, 3),
  // Few losses, so that there are ties.
  loss: fc.constantFrom(0, 1, 2, 3, undefined),
});

/** Observations in the order of their trials, and in any order. */
function ordersOf(
  most: number,
): fc.Arbitrary<[ordered: Observation[], shuffled: Observation[]]> {
  return fc.array(result, { minLength: 12, maxLength: most }).chain((made) => {
    const all = made.map((each, trial): Observation => ({ trial, ...each }));
    const shuffled = fc.shuffledSubarray(all, { minLength: all.length });
    return fc.tuple(fc.constant(all), shuffled);
  });
}

/** Parameters of each kind, with the best at 1e-3, 64, 9, 0.3 and adam. */
const kinds = defineSpace({
  lr: float(1e-6, 1, { log: true }),
  width: int(1, 1024, { log: true }),
  depth: int(1, 12),
  dropout: float(0, 0.8, { step: 0.1 }),
  optimizer: category(["sgd", "adam", "lion", "adagrad"]),
});

function lossOfKinds(
  [lr = 1, width = 1, depth = 1, dropout = 0, optimizer = 0]: Point,
): number {
  return (Math.log10(lr) + 3) ** 2 + (Math.log2(width) - 6) ** 2 / 4 +
    (depth - 9) ** 2 / 9 + (dropout - 0.3) ** 2 + (optimizer === 1 ? 0 : 1);
}

for (const [name, learner] of Object.entries(LEARNERS)) {
  const { make, makeEager = make } = learner;

  test(`${name}: a conditional parameter is learned from the trials that have it, and exists only there`, () => {
    const { trials, from, share: least, loss: most } = learner.models;
    const { space, loss, assertFits } = twoModels();
    const points = search(make(space), createRandom(4), { trials, loss });
    points.forEach(assertFits);
    const late = points.slice(from);
    assertGreater(share(late, ([model]) => model === 1), least);
    assertLess(Math.min(...late.map(loss)), most);
  });

  test(`${name}: it learns logarithmic, whole, stepped and categorical parameters together`, () => {
    const { regret, always, ...options } = learner.kinds;
    const found = bests(() => make(kinds), lossOfKinds, options);
    const random = bests(() => randomSampler(kinds), lossOfKinds, options);
    assertLess(median(found), median(random) * regret);
    if (always) assertLess(Math.max(...found), 1, "the right optimizer");
  });

  test(`${name}: places of failed trials, also NaN, are avoided`, () => {
    const { trials, from, share: most } = learner.failing;
    const failed = ([x = 0]: Point) => x > 0;
    for (const failure of [undefined, NaN]) {
      const points = search(make(square), createRandom(2), {
        trials,
        // Only the failures depend on x.
        loss: (point) => failed(point) ? failure : (point[1] ?? 0) ** 2,
      });
      assertGreater(share(points.slice(0, 10), failed), 0);
      assertLess(share(points.slice(from), failed), most);
    }
  });

  test(`${name}: infinite losses rank first or last`, () => {
    const { trials, from, share: least } = learner.infinite;
    const points = search(make(square), createRandom(9), {
      trials,
      loss: ([x = 0]) => x > 1 ? -Infinity : x < 0 ? Infinity : x,
    });
    assertGreater(share(points.slice(from), ([x = 0]) => x > 1), least);
  });

  test(`${name}: the point depends on the observations, not on their order, nor on points that were asked for in between`, () => {
    const { most, runs, ignoresRunning, asks } = learner.order;
    const pending = [[50, [1, 1]], [51, [2, 2]]] as const;
    fc.assert(
      fc.property(ordersOf(most), ([ordered, shuffled]) => {
        assertEquals(
          after(makeEager(square), shuffled, {
            pending: [...pending].reverse(),
            asks,
          }),
          after(makeEager(square), ordered, {
            pending: ignoresRunning ? [] : pending,
          }),
        );
      }),
      { numRuns: runs },
    );
  });

  test(`${name}: a repeated observation counts once, and a corrected one replaces it`, () => {
    const root = createRandom(12);
    const observations = Array.from(
      { length: learner.repeated },
      (_, trial): Observation => {
        const random = root.fork(trial);
        const point = [random.next() * 10 - 5, random.next() * 10 - 5];
        return { trial, point, fidelity: 1, loss: bowl(point) };
      },
    );
    const found = (all: readonly Observation[]) =>
      after(makeEager(square), all, {
        asks: (index) =>
          learner.order.asks(index) || index === learner.repeated - 1,
      });
    const expected = found(observations);
    assertEquals(found([...observations, ...observations]), expected);
    const wrong = observations.map((each) => ({
      ...each,
      loss: -bowl(each.point),
    }));
    assertEquals(found([...wrong, ...observations]), expected);
  });
}
