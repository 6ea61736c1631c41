import { test } from "node:test";
import { assert, assertEquals, assertLess, assertNotEquals } from "@std/assert";
import fc from "fast-check";
import {
  bohbSampler,
  category,
  cmaEsSampler,
  conditional,
  defineSpace,
  float,
  fullFidelity,
  gaussianProcessSampler,
  gridSampler,
  int,
  openStudy,
  ordinal,
  randomSampler,
  runStudy,
  type Sampler,
  sobolSampler,
  type Space,
  type SpaceSpec,
  tpeSampler,
} from "../../hyperopt/mod.ts";
import { createRandom } from "../../hyperopt/random.ts";
import { binned, chiSquare, fault, search } from "./_sampling.ts";

const samplers: Record<string, (space: Space<unknown>) => Sampler> = {
  random: randomSampler,
  sobol: (space) => sobolSampler(space, { seed: 1 }),
  tpe: (space) => tpeSampler(space, { startup: 3 }),
  bohb: (space) => bohbSampler(space, { startup: 3, leastPoints: 2 }),
  "cma-es": (space) => cmaEsSampler(space, { population: 4 }),
  gp: (space) => gaussianProcessSampler(space, { startup: 8 }),
  "separable cma-es": (space) =>
    cmaEsSampler(space, { covariance: "separable", population: 4 }),
};

/** Samples one parameter at random; returns the numbers. */
function sampled(spec: SpaceSpec, trials: number): number[] {
  const sampler = randomSampler(defineSpace(spec));
  const root = createRandom(11);
  return Array.from(
    { length: trials },
    (_, trial) => sampler.sample(trial, root.fork(trial))?.[0] ?? NaN,
  );
}

// Bounds of chi-square at a probability of 1e-4; the seeds are fixed, so a right sampler always passes.
const BOUND = { 5: 25.7, 9: 33.7, 19: 51.0 } as const;

test("randomSampler: floats are uniform over their range", () => {
  const units = sampled({ x: float(-3, 5) }, 4000).map((x) => (x + 3) / 8);
  assertLess(chiSquare(binned(units, 20)), BOUND[19]);
});

test("randomSampler: floats of a logarithmic range are uniform over the logarithm", () => {
  const values = sampled({ x: float(1e-5, 1e5, { log: true }) }, 4000);
  const units = values.map((x) => (Math.log10(x) + 5) / 10);
  assertLess(chiSquare(binned(units, 20)), BOUND[19]);
});

test("randomSampler: both ends of whole numbers are as likely as those between", () => {
  const units = sampled({ n: int(-2, 7) }, 4000).map((n) => (n + 2.5) / 10);
  assertLess(chiSquare(binned(units, 10)), BOUND[9]);
});

test("randomSampler: choices are equally likely", () => {
  for (const kind of [category, ordinal]) {
    const units = sampled({ c: kind(["a", "b", "c", "d", "e", "f"]) }, 3000)
      .map((position) => (position + 0.5) / 6);
    assertLess(chiSquare(binned(units, 6)), BOUND[5]);
  }
});

test("randomSampler: a logarithmic whole number has the share of its bin in the logarithm", () => {
  const count = 20_000;
  const values = sampled({ n: int(1, 8, { log: true }) }, count);
  for (let n = 1; n <= 8; n++) {
    const share = values.filter((value) => value === n).length / count;
    const bin = Math.log((n + 0.5) / (n - 0.5)) / Math.log(8.5 / 0.5);
    assertLess(Math.abs(share - bin), 4 * Math.sqrt(bin / count), `${n}`);
  }
});

test("randomSampler: parameters are independent", () => {
  const sampler = randomSampler(
    defineSpace({ x: float(0, 1), y: float(0, 1) }),
  );
  const root = createRandom(5);
  const cells: number[] = [];
  for (let trial = 0; trial < 4000; trial++) {
    const [x = 0, y = 0] = sampler.sample(trial, root.fork(trial)) ?? [];
    cells.push((Math.floor(x * 4) * 5 + Math.floor(y * 5) + 0.5) / 20);
  }
  assertLess(chiSquare(binned(cells, 20)), BOUND[19]);
});

test("gridSampler: each point is sampled once, the first parameter slowest, and then none", () => {
  const space = defineSpace({
    lr: float(0.1, 1, { grid: 2 }),
    activation: category(["relu", "tanh"]),
  });
  const points = search(gridSampler(space), createRandom(1), {
    trials: 9,
    loss: () => 0,
  });
  assertEquals(points.map((point) => space.toConfig(point)), [
    { lr: 0.1, activation: "relu" },
    { lr: 0.1, activation: "tanh" },
    { lr: 1, activation: "relu" },
    { lr: 1, activation: "tanh" },
  ]);
});

test("gridSampler: points that were started elsewhere are left out, and a point is repeated until it is started", () => {
  const sampler = gridSampler(defineSpace({ n: int(1, 4, { grid: 4 }) }));
  const random = createRandom(1);
  sampler.started?.(0, [1]);
  sampler.started?.(1, [3]);
  assertEquals(sampler.sample(2, random), [2]);
  assertEquals(sampler.sample(2, random), [2]);
  sampler.started?.(2, [2]);
  assertEquals(sampler.sample(3, random), [4]);
  sampler.started?.(3, [4]);
  assertEquals(sampler.sample(4, random), undefined);
});

/** Any parameter. */
const parameter = fc.oneof(
  fc.tuple(
    fc.double({ min: -1e6, max: 1e6, noNaN: true }),
    fc.double({ min: 0, max: 1e6, noNaN: true }),
  )
    .map(([low, length]) => float(low, low + length)),
  fc.tuple(
    fc.double({ min: 1e-12, max: 1e6, noNaN: true }),
    fc.double({ min: 1, max: 1e9, noNaN: true }),
  )
    .map(([low, factor]) => float(low, low * factor, { log: true })),
  fc.tuple(
    fc.integer({ min: -1000, max: 1000 }),
    fc.integer({ min: 0, max: 1000 }),
  )
    .map(([low, length]) => int(low, low + length)),
  fc.tuple(
    fc.integer({ min: 1, max: 1000 }),
    fc.integer({ min: 0, max: 100_000 }),
  )
    .map(([low, length]) => int(low, low + length, { log: true })),
  fc.uniqueArray(fc.integer(), { minLength: 1, maxLength: 6 }).map((choices) =>
    category(choices)
  ),
  fc.uniqueArray(fc.integer(), { minLength: 1, maxLength: 6 }).map((choices) =>
    ordinal(choices)
  ),
);

/** Any space, with conditional parameters, too. */
const anySpace = fc.record({
  plain: fc.array(parameter, { minLength: 1, maxLength: 4 }),
  left: parameter,
  right: parameter,
}).map(({ plain, left, right }) =>
  defineSpace({
    ...Object.fromEntries(plain.map((each, index) => [`p${index}`, each])),
    branch: conditional("kind", {
      left: { value: left },
      right: { value: right, other: left },
      none: {},
    }),
  }) as Space<unknown>
);

/** Any loss, also of failed trials. */
const anyLoss = fc.oneof(
  fc.double(),
  fc.constantFrom(undefined, NaN, Infinity, -Infinity, 0),
);

for (const [name, make] of Object.entries(samplers)) {
  test(`${name}: every value is in its range and only the right parameters exist, whatever was observed`, () => {
    fc.assert(
      fc.property(
        anySpace,
        fc.array(anyLoss, { minLength: 12, maxLength: 12 }),
        fc.integer(),
        (space, losses, seed) => {
          const points = search(make(space), createRandom(seed), {
            trials: losses.length,
            loss: (_point, trial) => losses[trial],
          });
          for (const point of points) {
            assertEquals(fault(space, point), undefined);
          }
        },
      ),
      // A point of the Gaussian process takes milliseconds.
      { numRuns: name === "gp" ? 20 : 150 },
    );
  });

  test(`${name}: the same seed and losses give the same points, another seed gives others`, () => {
    const space = defineSpace({ x: float(0, 1), n: int(1, 1000) });
    const run = (seed: number) =>
      search(make(space), createRandom(seed), {
        trials: name === "gp" ? 15 : 30,
        loss: ([x = 0]) => x,
      });
    assertEquals(run(3), run(3));
    if (name !== "sobol") assertNotEquals(run(3), run(4));
  });

  test(`${name}: a space of one point gives that point`, () => {
    const space = defineSpace({
      lr: float(0.1, 0.1),
      width: int(8, 8, { log: true }),
      activation: category(["relu"]),
      size: ordinal([32]),
    });
    const points = search(make(space), createRandom(1), {
      trials: 20,
      loss: () => 1,
    });
    assertEquals(points.length, 20);
    for (const point of points) assertEquals(point, [0.1, 8, 0, 0]);
  });

  test(`${name}: samples of ranges at the limits of numbers stay in range`, () => {
    const space = defineSpace({
      all: float(-Number.MAX_VALUE / 2, Number.MAX_VALUE / 2),
      tiny: float(Number.MIN_VALUE, 1, { log: true }),
      thin: float(1, 1 + Number.EPSILON),
      whole: int(-(2 ** 51), 2 ** 51),
    });
    const points = search(make(space), createRandom(2), {
      trials: 40,
      loss: ([all = 0]) => all,
    });
    for (const point of points) assertEquals(fault(space, point), undefined);
    // The Gaussian process finds the bound itself, where the loss is least.
    const all = new Set(points.map(([all]) => all));
    assert(all.size > (name === "gp" ? 8 : 30));
  });
}

for (
  const [name, spec, points] of [
    ["whole numbers", { x: int(0, 10) }, 11],
    ["steps", { x: float(0, 1, { step: 0.25 }) }, 5],
    ["choices", { x: category(["a", "b", "c"]), y: int(0, 1) }, 6],
  ] as const
) {
  for (const [sampler, make] of Object.entries(samplers)) {
    test(`${sampler}: a study tries every point of a small space: ${name}`, async () => {
      for (const seed of [1, 2, 3]) {
        const space = defineSpace(spec as SpaceSpec);
        const study = openStudy({
          id: "few",
          space,
          sampler: make(space),
          scheduler: fullFidelity({ trials: points }),
          metric: "loss",
          seed,
        });
        const tried = new Set<string>();
        await runStudy(study, ({ config }) => {
          tried.add(JSON.stringify(config));
          return Promise.resolve(1);
        }, { workers: 1 });
        study.close();
        assertEquals(tried.size, points);
      }
    });
  }
}
