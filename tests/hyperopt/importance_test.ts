import { test } from "node:test";
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertMatch,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import {
  category,
  conditional,
  createRandom,
  defineSpace,
  float,
  fullFidelity,
  type Importance,
  type ImportanceOptions,
  type ImportanceTrial,
  int,
  openStudy,
  ordinal,
  parameterImportance,
  randomSampler,
  SearchUsageError,
  type Space,
} from "../../hyperopt/mod.ts";
import { growTree } from "../../hyperopt/importance/_tree.ts";
import { TreeVariance } from "../../hyperopt/importance/_variance.ts";
import { CATEGORIES, NUMBERS } from "./_optuna_importance.ts";

type Known = Extract<Importance, { kind: "known" }>;
type Unknown = Extract<Importance, { kind: "unknown" }>;

/** Samples trials at random and measures them. */
function trialsOf<C>(
  space: Space<C>,
  count: number,
  lossOf: (config: C) => number,
  seed: number | string = 1,
): ImportanceTrial[] {
  const sampler = randomSampler(space);
  const root = createRandom(seed);
  return Array.from({ length: count }, (_, trial) => {
    const config = space.toConfig(sampler.sample(trial, root.fork(trial))!);
    return trialAt(trial, config, { 1: lossOf(config) });
  });
}

function trialAt(
  trial: number,
  config: unknown,
  losses: Readonly<Record<number, number | undefined>>,
): ImportanceTrial {
  const results = Object.entries(losses).map(([fidelity, loss], rung) => ({
    rung,
    fidelity: Number(fidelity),
    metrics: { loss: loss! },
  }));
  return { trial, config, results };
}

function judge(
  trials: readonly ImportanceTrial[],
  space: Space<unknown>,
  options: Partial<ImportanceOptions> = {},
): Importance {
  return parameterImportance(trials, space, {
    metric: "loss",
    trees: 32,
    ...options,
  });
}

function known(...args: Parameters<typeof judge>): Known {
  const importance = judge(...args);
  assert(importance.kind === "known", JSON.stringify(importance));
  return importance;
}

function unknown(...args: Parameters<typeof judge>): Unknown {
  const importance = judge(...args);
  assert(importance.kind === "unknown", JSON.stringify(importance));
  return importance;
}

function shareOf({ parameters }: Known, path: string): number {
  return parameters.find((one) => one.path === path)!.share;
}

function near(found: number, right: number, tolerance: number, what: string) {
  assertLess(Math.abs(found - right), tolerance, `${what}: ${found}, ${right}`);
}

const CUBE = defineSpace({ a: float(0, 1), b: float(0, 1), c: float(0, 1) });

test("parameterImportance: agrees with Optuna's fANOVA about the same trials", () => {
  const numbers = defineSpace({
    a: float(0, 1),
    b: float(0, 1),
    lr: float(1e-5, 1e-1, { log: true }),
    n: int(1, 8),
  });
  const categories = defineSpace({
    a: float(0, 1),
    b: float(0, 1),
    c: category(["x", "y", "z"]),
  });
  const cases = [
    {
      ...NUMBERS,
      space: numbers,
      configOf: ([a, b, lr, n]: readonly unknown[]) => ({
        ...{ a, b, n },
        lr: 10 ** Number(lr),
      }),
    },
    {
      ...CATEGORIES,
      space: categories,
      configOf: ([a, b, c]: readonly unknown[]) => ({ a, b, c }),
    },
  ];
  for (const { space, optuna, rows, configOf } of cases) {
    const trials = rows.map((row, trial) =>
      trialAt(trial, configOf(row), { 1: Number(row.at(-1)) })
    );
    const found = known(trials, space, { trees: 64 });
    assertEquals(found.trials, rows.length);
    for (const { path, share, spread } of found.parameters) {
      // Forests are random; the spread is that of one tree.
      near(share, optuna[path]!, 0.03 + spread / 4, path);
    }
  }
});

test("parameterImportance: the shares of additive functions are their Sobol indices", () => {
  // The variance of w·x is w²/12.
  const found = known(
    trialsOf(CUBE, 400, ({ a, b }) => 3 * a + b),
    CUBE,
    { pairs: 3 },
  );
  near(shareOf(found, "a"), 0.9, 0.03, "a");
  near(shareOf(found, "b"), 0.1, 0.03, "b");
  assertLess(shareOf(found, "c"), 0.01);
  assertLess(found.rest, 0.03);
  for (const pair of found.pairs) assertLess(pair.share, 0.03);
});

test("parameterImportance: the interaction of a product belongs to the pair", () => {
  // (2a - 1)(2b - 1): no parameter explains anything alone.
  const found = known(
    trialsOf(CUBE, 800, ({ a, b }) => (2 * a - 1) * (2 * b - 1)),
    CUBE,
    { pairs: 3, trees: 16 },
  );
  const pair = found.pairs[0]!;
  assertEquals([...pair.paths].sort(), ["a", "b"]);
  assertGreater(pair.share, 0.8);
  assertLess(shareOf(found, "a") + shareOf(found, "b"), 0.15);
});

test("parameterImportance: on Ishigami's function, c matters only together with a", () => {
  // S(a) = 0.314, S(b) = 0.442, S(c) = 0 and S(a, c) = 0.244; a forest smooths the two waves of b.
  const found = known(
    trialsOf(CUBE, 1000, ({ a, b, c }) => {
      const [x, y, z] = [a, b, c].map((one) => Math.PI * (2 * one - 1));
      return Math.sin(x!) + 7 * Math.sin(y!) ** 2 +
        0.1 * z! ** 4 * Math.sin(x!);
    }),
    CUBE,
    { pairs: 3, trees: 16 },
  );
  near(shareOf(found, "a"), 0.314, 0.05, "a");
  near(shareOf(found, "b"), 0.442, 0.15, "b");
  assertLess(shareOf(found, "c"), 0.03);
  assertEquals([...found.pairs[0]!.paths].sort(), ["a", "c"]);
  near(found.pairs[0]!.share, 0.244, 0.06, "a and c");
});

test("parameterImportance: a logarithmic parameter counts by its logarithm", () => {
  const space = defineSpace({
    lr: float(1e-6, 1, { log: true }),
    b: float(0, 1),
  });
  // Over the values, b would be nearly all of the variance; over the logarithm both are the same.
  const found = known(
    trialsOf(space, 400, ({ lr, b }) => Math.log10(lr) / 6 + b),
    space,
  );
  near(shareOf(found, "lr"), 0.5, 0.06, "lr");
  near(shareOf(found, "b"), 0.5, 0.06, "b");
});

test("parameterImportance: whole numbers, orders and categories have the shares of their values", () => {
  const space = defineSpace({
    n: int(1, 4),
    size: ordinal([16, 32, 64]),
    kind: category(["x", "y", "z", "w"]),
    unused: category([true, false]),
  });
  // Variances: n 1.25, size 2/3, kind 3/16 · 4.
  const found = known(
    trialsOf(
      space,
      500,
      ({ n, size, kind }) => n + Math.log2(size) + (kind === "z" ? 2 : 0),
    ),
    space,
  );
  const all = 1.25 + 2 / 3 + 0.75;
  near(shareOf(found, "n"), 1.25 / all, 0.05, "n");
  near(shareOf(found, "size"), 2 / 3 / all, 0.05, "size");
  near(shareOf(found, "kind"), 0.75 / all, 0.05, "kind");
  assertLess(shareOf(found, "unused"), 0.01);
});

test("parameterImportance: a conditional parameter has its share of the whole space", () => {
  const space = defineSpace({
    optimizer: conditional("name", {
      sgd: { momentum: float(0, 1) },
      adam: {},
    }),
    b: float(0, 1),
  });
  // momentum is effective in half of the space: f = [sgd]·momentum + b. With p = 1/2, the effects are
  // name 1/16, momentum 1/48, their pair 1/48, and b 1/12.
  const trials = trialsOf(
    space,
    1000,
    ({ optimizer, b }) =>
      b + (optimizer.name === "sgd" ? optimizer.momentum : 0),
  );
  const found = known(trials, space, { pairs: 3 });
  const all = 1 / 16 + 1 / 48 + 1 / 48 + 1 / 12;
  near(shareOf(found, "optimizer.name"), 1 / 16 / all, 0.05, "name");
  near(shareOf(found, "optimizer.momentum"), 1 / 48 / all, 0.05, "momentum");
  near(shareOf(found, "b"), 1 / 12 / all, 0.05, "b");
  const momentum = found.parameters.find(({ path }) =>
    path === "optimizer.momentum"
  )!;
  assertEquals(momentum.when, "optimizer.name=sgd");
  assertEquals(
    momentum.trials,
    trials.filter(({ config }) =>
      "momentum" in (config as { optimizer: object }).optimizer
    ).length,
  );
  assertEquals(
    found.parameters.find(({ path }) => path === "b")!.trials,
    1000,
  );
});

test("parameterImportance: noise gives no list", () => {
  let lists = 0;
  for (let seed = 0; seed < 40; seed++) {
    const random = createRandom(`noise ${seed}`);
    const importance = judge(
      trialsOf(CUBE, 20 + 2 * seed, () => random.normal(), seed),
      CUBE,
      { trees: 16 },
    );
    if (importance.kind === "known") lists++;
    else assertMatch(importance.reason, /does not predict loss/);
  }
  assertEquals(lists, 0);
});

test("parameterImportance: it is unknown where nothing can be said, and says why", () => {
  const steep = trialsOf(CUBE, 30, ({ a }) => a);
  assertEquals(
    unknown(steep.slice(0, 19), CUBE).reason,
    "Only 19 trials have a loss at fidelity 1, and 20 are needed to say how important the parameters are",
  );
  known(steep.slice(0, 20), CUBE);
  unknown(steep, CUBE, { leastTrials: 31 });
  assertEquals(
    unknown(trialsOf(CUBE, 30, () => 5), CUBE).reason,
    "All 30 trials have the same loss, so there is no variance to explain",
  );
  for (
    const [trials, options] of [
      [[], {}],
      [steep, { metric: "accuracy" }],
      [steep, { fidelity: 9 }],
      [trialsOf(CUBE, 30, () => NaN), {}],
    ] as const
  ) {
    const { reason, trials: used } = unknown(trials, CUBE, options);
    assertMatch(reason, /^No trial has a finite (loss|accuracy)/);
    assertEquals(used, 0);
  }
});

test("parameterImportance: trials that do not count are counted apart", () => {
  const steep = trialsOf(CUBE, 40, ({ a }) => a);
  const config = { a: 0.5, b: 0.5, c: 0.5 };
  const found = known([
    ...steep,
    { ...trialAt(40, config, {}), status: "failed" },
    { ...trialAt(41, config, { 1: Infinity }), status: "failed" },
    { ...trialAt(42, config, {}), status: "running" },
    { ...trialAt(43, config, { 0.5: 99 }), status: "stopped" },
    { ...trialAt(44, config, { 1: 99 }), source: 3 },
    trialAt(45, { a: 7, b: 0, c: 0 }, { 1: 99 }),
  ], CUBE);
  assertEquals(found.trials, 40);
  assertEquals(found.leftOut, {
    failed: 2,
    unmeasured: 2,
    outside: 1,
    reused: 1,
  });
  assertEquals(found.notes, [
    "2 trials have no loss at fidelity 1; if the scheduler chose the trials that reached it, the shares hold among those",
    "2 trials failed: what makes trials fail is not in the shares",
    "1 trial does not fit in the space",
    "1 trial took the result of an earlier trial, which counts once",
  ]);
  assertEquals(known(steep, CUBE).notes, []);
  assertEquals(found.parameters, known(steep, CUBE).parameters);
});

test("parameterImportance: the fidelity is the greatest one with enough trials", () => {
  // At fidelity 9 another parameter decides than at 3; few trials reach 9, and fewer 27.
  const trials = trialsOf(CUBE, 60, () => 0).map(({ trial, config }) => {
    const { a, b, c } = config as { a: number; b: number; c: number };
    return trialAt(trial, config, {
      3: a,
      ...(trial < 25 && { 9: b }),
      ...(trial < 5 && { 27: c }),
    });
  });
  for (
    const [options, fidelity, first, count] of [
      [{}, 9, "b", 25],
      [{ leastTrials: 26 }, 3, "a", 60],
      [{ fidelity: 3 }, 3, "a", 60],
    ] as const
  ) {
    const found = known(trials, CUBE, options);
    assertEquals(found.fidelity, fidelity);
    assertEquals(found.parameters[0]!.path, first);
    assertEquals(found.trials, count);
  }
  assertEquals(unknown(trials, CUBE, { fidelity: 27 }).trials, 5);
});

test("parameterImportance: shares are between 0 and 1, and their sum with the pairs and the rest is 1", () => {
  const space = defineSpace({
    a: float(0, 1),
    n: int(1, 3, { log: true }),
    c: category(["x", "y", "z"]),
    fixed: int(4, 4),
  });
  fc.assert(
    fc.property(
      fc.record({
        seed: fc.integer(),
        count: fc.integer({ min: 20, max: 60 }),
        weights: fc.array(fc.double({ min: -9, max: 9, noNaN: true }), {
          minLength: 4,
          maxLength: 4,
        }),
      }),
      ({ seed, count, weights: [a, n, c, both] }) => {
        const trials = trialsOf(
          space,
          count,
          (x) =>
            a! * x.a + n! * x.n + (x.c === "y" ? c! : 0) + both! * x.a * x.n,
          seed,
        );
        const found = judge(trials, space, { pairs: 4, trees: 8 });
        if (found.kind === "unknown") return;
        const shares = [...found.parameters, ...found.pairs]
          .map(({ share }) => share);
        for (const share of [...shares, found.rest]) {
          assert(share >= 0 && share <= 1 + 1e-9, String(share));
        }
        const sum = shares.reduce((all, share) => all + share, found.rest);
        assertAlmostEquals(sum, 1, 1e-9);
        assertLess(shareOf(found, "fixed"), 1e-12);
        assertEquals(found.pairs.length, 6);
      },
    ),
    { numRuns: 30 },
  );
});

test("parameterImportance: order, sign, unit and offset of the metric do not change the shares", () => {
  const trials = trialsOf(CUBE, 60, ({ a, b }) => 2 * a + b * b);
  const right = known(trials, CUBE);
  assertEquals(known(trials.toReversed(), CUBE), right);
  for (const change of [(x: number) => -x, (x: number) => 1e200 * x + 1e199]) {
    const changed = trials.map(({ trial, config, results }) =>
      trialAt(trial, config, { 1: change(results[0]!.metrics["loss"]!) })
    );
    const found = known(changed, CUBE);
    for (const { path, share } of right.parameters) {
      assertAlmostEquals(shareOf(found, path), share, 1e-6);
    }
  }
});

test("parameterImportance: it takes the trials of a study", () => {
  const study = openStudy({
    id: "importance",
    space: CUBE,
    sampler: randomSampler(CUBE),
    scheduler: fullFidelity({ trials: 30 }),
    metric: "loss",
    mode: "min",
    retries: 0,
  });
  for (let answer = study.ask(); answer.kind === "job"; answer = study.ask()) {
    const { job } = answer;
    const error = job.trial === 4 ? new Error("no memory") : undefined;
    study.tell(
      job,
      error ? { error } : { metrics: { loss: job.config.b ** 2 } },
    );
  }
  const found = known(study.trials(), CUBE);
  assertEquals([found.trials, found.leftOut.failed], [29, 1]);
  assertEquals(found.parameters[0]!.path, "b");
  study.close();
});

test("parameterImportance: the dimensions that a journal has are enough", () => {
  const space = defineSpace({
    "model.lr": float(1e-4, 1, { log: true }),
    optimizer: conditional("name", { sgd: { "a b": float(0, 1) }, adam: {} }),
  });
  const trials = trialsOf(
    space,
    60,
    ({ model, optimizer }) =>
      Math.log(model.lr) +
      (optimizer.name === "sgd" ? 9 * optimizer["a b"] : 0),
  );
  const dimensions = JSON.parse(JSON.stringify(space.dimensions));
  assertEquals(
    parameterImportance(trials, { dimensions }, { metric: "loss" }),
    parameterImportance(trials, space, { metric: "loss" }),
  );
});

test("parameterImportance: what cannot be an option is refused", () => {
  const trials = trialsOf(CUBE, 30, ({ a }) => a);
  for (
    const [options, message] of [
      [{ metrics: "loss" }, /there is no option "?metrics/],
      [{ metric: 5 }, /metric is 5; give its name/],
      [{ trees: 1 }, /trees is 1; give a whole number of at least 2/],
      [{ pairs: -1 }, /pairs is -1/],
      [{ fidelity: NaN }, /fidelity is NaN; give a finite number/],
    ] as const
  ) {
    const call = () => judge(trials, CUBE, options as never);
    assertMatch(assertThrows(call, SearchUsageError).message, message);
  }
  assertThrows(() => judge(trials, {} as never), SearchUsageError);
  assertThrows(() => judge("all" as never, CUBE), SearchUsageError);
});

test("parameterImportance: a trial that is most of the variance is named", () => {
  const trials = trialsOf(CUBE, 60, ({ a }) => a);
  assertEquals(judge(trials, CUBE).notes, []);
  const far = trialAt(60, { a: 0.5, b: 0.5, c: 0.5 }, { 1: -1e200 });
  assertEquals(judge([...trials, far], CUBE).notes, [
    "Trial 60 with loss -1e+200 is 98% of the variance of all trials, so the shares say mostly what is special about it",
  ]);
});

test("parameterImportance: the variance of a tree is divided as brute force divides it", () => {
  const random = createRandom(5);
  const rows = 40;
  const draw = () => [random.next(), random.next(), random.integer(3)];
  const points = Array.from({ length: rows }, draw);
  const leaves = growTree({
    columns: [0, 1, 2].map((at) =>
      Float64Array.from(points, (point) => point[at]!)
    ),
    choices: [0, 0, 3],
    targets: Float64Array.from(points, ([a, b, c]) => a! + b! * c! - 1),
  }, { draws: rows, random, onOut: () => {} });
  const variance = new TreeVariance(leaves);
  const valueAt = (point: readonly number[]) =>
    leaves.find(({ box }) =>
      point.every((one, at) => {
        const set = box.sets[at];
        return set === undefined
          ? one > box.low[at]! && one <= box.high[at]!
          : set[one] === 1;
      })
    )!.value;
  // The covariance of two points that share some coordinates is the variance that these explain.
  const count = 40_000;
  const sums = new Map<string, number>();
  const add = (name: string, value: number) =>
    sums.set(name, (sums.get(name) ?? 0) + value / count);
  const pairs = Array.from({ length: count }, () => [draw(), draw()] as const);
  for (const [one] of pairs) add("mean", valueAt(one));
  const mean = sums.get("mean")!;
  for (const [one, other] of pairs) {
    const shared = (...at: number[]) =>
      valueAt(other.map((value, d) => at.includes(d) ? one[d]! : value));
    for (const at of [[0], [1], [2], [1, 2], [0, 1, 2]]) {
      add(at.join(), (valueAt(one) - mean) * (shared(...at) - mean));
    }
  }
  const of = (name: string) => sums.get(name)!;
  near(variance.total, of("0,1,2"), 0.02, "total");
  for (const at of [0, 1, 2]) {
    near(variance.ofOne(at), of(`${at}`), 0.02, `dimension ${at}`);
  }
  near(variance.ofPair(1, 2), of("1,2") - of("1") - of("2"), 0.02, "pair");
});
