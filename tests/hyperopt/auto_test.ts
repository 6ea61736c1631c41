import { test } from "node:test";
import { assertEquals, assertThrows } from "@std/assert";
import {
  asha,
  ashaStopping,
  autoSampler,
  type AutoSamplerOptions,
  category,
  conditional,
  createRandom,
  defineSpace,
  float,
  fullFidelity,
  hyperband,
  medianStopping,
  type Parameter,
  SearchUsageError,
  type Space,
  successiveHalving,
  tpeSampler,
} from "../../hyperopt/mod.ts";

/** A space of some floats. */
function floats(count: number): Space<Record<string, number>> {
  return defineSpace(Object.fromEntries(
    Array.from(
      { length: count },
      (_, index): [string, Parameter<number>] => [`x${index}`, float(0, 1)],
    ),
  ));
}

const choices = defineSpace({ x: float(0, 1), c: category(["a", "b"]) });
const branches = defineSpace({
  model: conditional("kind", { sgd: { lr: float(0, 1) }, tree: {} }),
});

const CASES: readonly [
  name: string,
  space: Space<unknown>,
  options: AutoSamplerOptions,
  picked: string,
  why: RegExp,
][] = [
  ["nothing is known", floats(2), {}, "tpe", /trials is not known/],
  [
    "slow trials",
    floats(2),
    { trials: 300, seconds: 1 },
    "gp",
    /300 slow trials of 2 parameters/,
  ],
  [
    "slow trials with choices",
    choices,
    { trials: 50, seconds: 60 },
    "gp",
    /50 slow trials/,
  ],
  [
    "fast trials",
    floats(2),
    { trials: 300, seconds: 0.9 },
    "tpe",
    /not known to be slow/,
  ],
  [
    "few trials",
    floats(2),
    { trials: 100 },
    "gp",
    /process: 100 trials of 2 parameters/,
  ],
  [
    "more than few trials",
    floats(2),
    { trials: 101 },
    "tpe",
    /101 trials that are not known to be slow/,
  ],
  [
    "few trials that are not fast",
    choices,
    { trials: 100, seconds: 0.1 },
    "gp",
    /100 slow trials of 2 parameters/,
  ],
  [
    "few fast trials",
    floats(2),
    { trials: 20, seconds: 0.09 },
    "tpe",
    /20 trials that are not known to be slow/,
  ],
  [
    "many parameters",
    floats(21),
    { trials: 50, seconds: 60 },
    "tpe",
    /21 parameters/,
  ],
  [
    "many trials",
    floats(20),
    { trials: 301, seconds: 60 },
    "cma-es",
    /full CMA-ES: 301 trials/,
  ],
  [
    "many trials of many parameters",
    floats(21),
    { trials: 1000 },
    "cma-es",
    /separable CMA-ES/,
  ],
  [
    "many trials with choices",
    choices,
    { trials: 1000 },
    "tpe",
    /with categories/,
  ],
  [
    "conditions",
    branches,
    { trials: 50, seconds: 60 },
    "tpe",
    /under a condition/,
  ],
  [
    "the trials of a scheduler",
    floats(2),
    { scheduler: fullFidelity({ trials: 40 }) },
    "gp",
    /40 trials of 2 parameters/,
  ],
];

for (const [name, space, options, picked, why] of CASES) {
  test(`autoSampler: ${name}`, () => {
    const sampler = autoSampler(space, options);
    assertEquals(sampler.name, picked);
    assertEquals(why.test(sampler.why), true, sampler.why);
  });
}

const EARLY = [
  asha({ maxFidelity: 9 }),
  ashaStopping({ maxFidelity: 9 }),
  hyperband({ maxFidelity: 9 }),
  medianStopping({ trials: 20, fidelity: 9 }),
  successiveHalving({ trials: 9, minFidelity: 1, maxFidelity: 9 }),
];

for (const scheduler of EARLY) {
  test(`autoSampler: BOHB under ${scheduler.name}, whatever the budget`, () => {
    const sampler = autoSampler(floats(2), {
      scheduler,
      trials: 50,
      seconds: 60,
    });
    assertEquals(
      [sampler.name, sampler.why],
      ["bohb", `Picked BOHB: ${scheduler.name} stops trials early.`],
    );
  });
}

test("autoSampler: it gives the points of the sampler that it picked", () => {
  const space = floats(2);
  const auto = autoSampler(space);
  const tpe = tpeSampler(space);
  const root = createRandom(3);
  for (const sampler of [auto, tpe]) sampler.prepare?.([1, 3]);
  for (let trial = 0; trial < 40; trial++) {
    const points = [auto, tpe].map((sampler) => {
      const point = sampler.sample(trial, root.fork(trial)) ?? [];
      sampler.started?.(trial, point);
      for (const fidelity of [1, 3]) {
        sampler.observe?.({ trial, point, fidelity, loss: point[0] });
      }
      return point;
    });
    assertEquals(points[0], points[1]);
  }
});

test("autoSampler: what it does not know is refused", () => {
  const options = { trial: 4 } as AutoSamplerOptions;
  assertThrows(() => autoSampler(floats(1), options), SearchUsageError);
});
