/** Numbers that are a step apart. */
import { test } from "node:test";
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  bohbSampler,
  cmaEsSampler,
  createRandom,
  defineSpace,
  float,
  fullFidelity,
  gaussianProcessSampler,
  gridSampler,
  int,
  type Parameter,
  randomSampler,
  type Sampler,
  sobolSampler,
  type Space,
  SpaceError,
  tpeSampler,
} from "@ato/ato/hyperopt";
import { runAll, studyOf } from "./_studies.ts";

/** Runs a function; returns its result and its warnings. */
function warningsOf<R>(run: () => R): { result: R; warnings: string[] } {
  const { warn } = console;
  const warnings: string[] = [];
  console.warn = (text: string) => void warnings.push(text);
  try {
    return { result: run(), warnings };
  } finally {
    console.warn = warn;
  }
}

/** A parameter, its values, and the bound to which its range is lowered, as Optuna does. */
const VALUES: readonly (readonly [string, Parameter<number>, number[]])[] = [
  ["even numbers", int(2, 10, { step: 2 }), [2, 4, 6, 8, 10]],
  ["a step that misses the bound", int(2, 9, { step: 3 }), [2, 5, 8]],
  ["a step beyond the range", int(2, 4, { step: 5 }), [2]],
  ["below zero", int(-5, 5, { step: 5 }), [-5, 0, 5]],
  ["decimals", float(0.1, 0.5, { step: 0.1 }), [0.1, 0.2, 0.3, 0.4, 0.5]],
  ["decimals that miss the bound", float(0, 1, { step: 0.3 }), [
    0,
    0.3,
    0.6,
    0.9,
  ]],
  ["small decimals", float(1e-7, 5e-7, { step: 2e-7 }), [1e-7, 3e-7, 5e-7]],
  ["some of the steps", int(0, 8, { step: 2, grid: 3 }), [0, 4, 8]],
  ["given steps", int(0, 8, { step: 2, grid: [6, 2] }), [2, 6]],
];

for (const [name, parameter, values] of VALUES) {
  test(`float, int: the steps of ${name}`, () => {
    const { result: space, warnings } = warningsOf(() =>
      defineSpace({ x: parameter })
    );
    assertEquals([...space.grid()].map(([x]) => x), values);
    const [low, high] = parameter.definition.range as [number, number];
    const last = space.dimensions[0]!.high;
    assertEquals(space.dimensions[0]!.low, low);
    assertEquals(
      warnings,
      last === high ? [] : [
        `The steps of ${parameter.definition.step} from ${low} do not reach ${high}: x is searched up to ${last}`,
      ],
    );
  });
}

test("defineSpace: Python's form takes a step, too", () => {
  const space = defineSpace({
    x: { paramType: "INTEGER", paramRange: [2, 10], step: 4 },
    y: { param_type: "FLOAT", param_range: [0, 1], num_samples: 3, step: 0.25 },
  });
  assertEquals(space.dimensions.map(({ grid }) => grid), [
    [2, 6, 10],
    [0, 0.5, 1],
  ]);
});

const REFUSED: readonly (readonly [string, () => unknown, string])[] = [
  ["with a logarithm", () => float(1, 9, { step: 2, log: true }), "logarithm"],
  ["of 0", () => int(1, 9, { step: 0 }), "its step is 0"],
  ["below 0", () => float(1, 9, { step: -1 }), "its step is -1"],
  ["of a fraction", () => int(1, 9, { step: 1.5 }), "a whole number above 0"],
  ["of a string", () => int(1, 9, { step: "2" as never }), 'its step is "2"'],
  ["of NaN", () => float(1, 9, { step: NaN }), "its step is NaN"],
  [
    "beside the grid",
    () => int(0, 9, { step: 3, grid: [4] }),
    "its grid holds 4, which no step of 3 from 0 reaches",
  ],
  [
    "of a category",
    () => ({ paramType: "CATEGORY", categories: [1, 2], step: 1 }),
    "a parameter of type CATEGORY has no step",
  ],
];

for (const [name, make, message] of REFUSED) {
  test(`defineSpace: a step ${name} is refused`, () => {
    const error = assertThrows(
      () => defineSpace({ lr: make() as never }),
      SpaceError,
      message,
    );
    assertEquals(error.path, "lr");
  });
}

test("int: a step of 1 is the default, also with log", () => {
  assertEquals(
    defineSpace({ x: int(1, 8, { step: 1, log: true }) }).dimensions,
    defineSpace({ x: int(1, 8, { log: true }) }).dimensions,
  );
});

const SPACE = defineSpace({
  x: float(-0.3, 0.9, { step: 0.3 }),
  n: int(2, 10, { step: 4 }),
});

const SAMPLERS: Readonly<
  Record<string, (space: Space<{ x: number; n: number }>) => Sampler>
> = {
  random: randomSampler,
  grid: gridSampler,
  sobol: sobolSampler,
  tpe: (space) => tpeSampler(space, { startup: 4 }),
  bohb: bohbSampler,
  "cma-es": (space) => cmaEsSampler(space, { sigma: 1 }),
  "separable cma-es": (space) =>
    cmaEsSampler(space, { covariance: "separable", sigma: 1 }),
  gp: gaussianProcessSampler,
};

for (const [name, make] of Object.entries(SAMPLERS)) {
  test(`${name}: samples are steps, and each step is reached`, () => {
    const study = studyOf({
      space: SPACE as never,
      sampler: make(SPACE),
      scheduler: fullFidelity({ trials: name === "grid" ? 15 : 80 }),
      duplicates: "allow",
    });
    runAll(study, ({ config }) => config.x);
    const configs = study.trials().map(({ config }) =>
      config as unknown as { x: number; n: number }
    );
    assertEquals(configs.length, name === "grid" ? 15 : 80);
    const seen = (key: "x" | "n") =>
      [...new Set(configs.map((config) => config[key]))].sort((a, b) => a - b);
    assertEquals(seen("x"), [-0.3, 0, 0.3, 0.6, 0.9]);
    assertEquals(seen("n"), [2, 6, 10]);
  });
}

test("randomSampler: all steps are equally likely, including the first and the last", () => {
  const space = defineSpace({ x: int(0, 9, { step: 3 }) });
  const sampler = randomSampler(space);
  const random = createRandom(1);
  const counts = new Map<number, number>();
  for (let trial = 0; trial < 4000; trial++) {
    const x = sampler.sample(trial, random.fork(trial))![0]!;
    counts.set(x, (counts.get(x) ?? 0) + 1);
  }
  for (const x of [0, 3, 6, 9]) assert(Math.abs(counts.get(x)! - 1000) < 150);
});

test("toPoint: a sum of floats fits the step that it is close to", () => {
  const space = defineSpace({ x: float(0.1, 0.5, { step: 0.1 }) });
  const point = space.toPoint({ x: 0.1 + 0.2 });
  assertEquals(point, [0.3]);
  assertEquals(space.hash(point!), space.hash([0.3]));
  assertEquals(space.toPoint({ x: 0.25 }), undefined);
  assertEquals(space.toPoint({ x: 0.6 }), undefined);
  assertThrows(() => space.toConfig([0.25]), SpaceError, "in steps of 0.1");
});

test("defineSpace: property: every sample is a step, and its config has the same point", () => {
  const decimal = fc.tuple(fc.integer({ min: -999, max: 999 }), fc.nat(3))
    .map(([digits, places]) => digits / 10 ** places);
  fc.assert(fc.property(
    decimal,
    fc.tuple(fc.integer({ min: 1, max: 99 }), fc.nat(3)),
    fc.integer({ min: 0, max: 40 }),
    fc.nat(),
    (low, [digits, places], count, seed) => {
      const step = digits / 10 ** places;
      const { result: space } = warningsOf(() =>
        defineSpace({ x: float(low, low + count * step, { step }) })
      );
      const grid = space.dimensions[0]!.grid;
      const x = randomSampler(space).sample(0, createRandom(seed))![0]!;
      assert(grid.includes(x));
      assertEquals(space.toPoint(space.toConfig([x])), [x]);
    },
  ));
});
