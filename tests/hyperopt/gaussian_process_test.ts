import { test } from "node:test";
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertThrows,
} from "@std/assert";
import {
  category,
  defineSpace,
  float,
  gaussianProcessSampler,
  int,
  type Point,
  SearchUsageError,
  type Space,
} from "../../hyperopt/mod.ts";
import { createRandom } from "../../hyperopt/random.ts";
import {
  fitGp,
  GaussianProcess,
  type GpData,
  pairSquares,
  posteriorSlope,
} from "../../hyperopt/samplers/_gaussian_process.ts";
import {
  logImprovement,
  logStandardImprovement,
} from "../../hyperopt/samplers/_log_improvement.ts";
import { recordsOf } from "../../hyperopt/samplers/_gp_records.ts";
import { History } from "../../hyperopt/samplers/_history.ts";
import { minimize } from "../../hyperopt/samplers/_minimize.ts";
import { powerLikelihood, yeoJohnson } from "../../hyperopt/samplers/_warp.ts";
import { branin, hartmann6 } from "../../bench/hyperopt/functions.ts";
import { bests, bowl, median, search, square } from "./_sampling.ts";

/** Points by a rule that Python repeats, too: coordinate j of point k is the fraction of k times the root of 2, 3, 5. */
function pointsOf(count: number, dimensions: number): Float64Array[] {
  return Array.from({ length: count }, (_, k) =>
    Float64Array.from(
      [2, 3, 5].slice(0, dimensions),
      (prime) => (k + 1) * Math.sqrt(prime) % 1,
    ));
}

function dataOf(count: number, isChoice: readonly boolean[]): GpData {
  const points = pointsOf(count, isChoice.length);
  const losses = Float64Array.from(
    points,
    ([x = 0, y = 0]) => Math.sin(6 * x) + y ** 2,
  );
  return { points, losses, isChoice };
}

/**
 * By scikit-learn 1.9.1: `GaussianProcessRegressor(ConstantKernel(1.3) * Matern([0.4, 0.9], nu=2.5), alpha=0.01,
 * optimizer=None).fit(X, y)`, with 8 points as above and y = sin(6 x0) + x1^2; `predict(T, return_std=True)`.
 */
test("gaussianProcessSampler: mean, variance and likelihood agree with scikit-learn", () => {
  const process = new GaussianProcess(dataOf(8, [false, false]), {
    scales: [Math.log(0.4), Math.log(0.9)],
    variance: Math.log(1.3),
    noise: Math.log(0.01),
  });
  assertAlmostEquals(process.logLikelihood, -6.335728384726952, 1e-10);
  const expected = [
    [0.1, 0.2, 0.815910840785981, 0.11367229268564129],
    [0.5, 0.5, 0.42195934029643034, 0.013109088559767779],
    [0.9, 0.05, -0.7280167378020503, 0.018928994106981678],
  ] as const;
  for (const [x, y, mean, variance] of expected) {
    const point = Float64Array.of(x, y);
    const predicted = process.predict(point);
    assertAlmostEquals(predicted.mean, mean, 1e-10);
    assertAlmostEquals(predicted.variance, variance, 1e-10);
    assertAlmostEquals(process.mean(point), mean, 1e-10);
  }
});

/** By mpmath with 60 to 80 digits: `log(npdf(z) + z * ncdf(z))`. */
const LOG_IMPROVEMENTS = [
  [-1e6, -500000000028.55],
  [-12000, -72000019.7042624],
  [-9000, -40500019.128898285],
  [-1000, -500014.73445209116],
  [-40, -808.29856835662],
  [-5, -16.74430116266099],
  [-1.5, -3.52993592080571],
  [-1, -2.4851210257126413],
  [-0.5, -1.6205162643873199],
  [0, -0.9189385332046728],
  [1, 0.08002621884930694],
  [5, 1.6094379231264313],
  [30, 3.4011973816621555],
] as const;

test("gaussianProcessSampler: the logarithm of the expected improvement agrees with 60 digits, also where it underflows", () => {
  for (const [z, expected] of LOG_IMPROVEMENTS) {
    const actual = logStandardImprovement(z);
    assertLess(
      Math.abs(actual - expected),
      1e-8 + 1e-12 * Math.abs(expected),
      `${z}`,
    );
  }
});

/** By scipy 1.17.1: `stats.yeojohnson(y, power)` and `stats.yeojohnson_llf(power, y)`. */
test("gaussianProcessSampler: the warp of losses agrees with scipy", () => {
  const losses = [-2, -0.4, 0, 0.3, 1.1, 4, 60];
  const expected = [
    [-1.5, -24.010973968466104, -13.075820515531342, 0.6652673565034656],
    [0, -10.983972112703231, -4, 4.110873864173311],
    [0.5, -13.858182424043484, -2.797434948471088, 13.62049935181331],
    [1, -21.274567816305282, -2, 60],
  ] as const;
  for (const [power, likelihood, least, most] of expected) {
    assertAlmostEquals(powerLikelihood(losses, power), likelihood, 1e-9);
    assertAlmostEquals(yeoJohnson(-2, power), least, 1e-9);
    assertAlmostEquals(yeoJohnson(60, power), most, 1e-9);
  }
});

/** Returns the derivative by coordinate `i`, from values alone. */
function differences(
  value: (x: Float64Array) => number,
  x: Float64Array,
  i: number,
): number {
  const at = (step: number) => {
    const moved = x.slice();
    moved[i] = (moved[i] as number) + step;
    return value(moved);
  };
  return (at(1e-5) - at(-1e-5)) / 2e-5;
}

test("gaussianProcessSampler: the gradients of the posterior of the parameters are those of its values", () => {
  const data = dataOf(12, [false, false, true]);
  const squares = pairSquares(data);
  for (const x of [[-1, 0, 0.5, 0.3, -4], [0.2, -2, 1, -1, -1]]) {
    const at = Float64Array.from(x);
    const { gradient } = posteriorSlope(data, squares, at);
    gradient.forEach((slope, i) => {
      const value = (x: Float64Array) => posteriorSlope(data, squares, x).value;
      assertAlmostEquals(slope, differences(value, at, i), 1e-4);
    });
  }
});

test("gaussianProcessSampler: the gradients of predictions are those of their values", () => {
  const data = dataOf(12, [false, false]);
  // A point that lacks the second dimension.
  data.points[3]?.fill(NaN, 1);
  const process = new GaussianProcess(data, {
    scales: [-1, -0.5],
    variance: 0.2,
    noise: -6,
  });
  const x = Float64Array.of(0.43, 0.77);
  const { mean, variance, meanSlope, varianceSlope } = process.slope(x);
  assertAlmostEquals(mean, process.predict(x).mean, 1e-12);
  assertAlmostEquals(variance, process.predict(x).variance, 1e-12);
  for (const i of [0, 1]) {
    const by = (of: "mean" | "variance") =>
      differences((x) => process.predict(x)[of], x, i);
    assertAlmostEquals(meanSlope[i] as number, by("mean"), 1e-6);
    assertAlmostEquals(varianceSlope[i] as number, by("variance"), 1e-6);
  }
});

test("gaussianProcessSampler: the slopes of the improvement are those of its values", () => {
  for (const [mean, deviation] of [[0.5, 1], [40, 0.3], [-3, 0.5]] as const) {
    const at = Float64Array.of(mean, deviation);
    const value = ([m = 0, d = 0]: Float64Array) =>
      logImprovement(0, m, d).value;
    const { byMean, byDeviation } = logImprovement(0, mean, deviation);
    const tolerance = 1e-6 * (1 + Math.abs(byDeviation));
    assertAlmostEquals(byMean, differences(value, at, 0), tolerance);
    assertAlmostEquals(byDeviation, differences(value, at, 1), tolerance);
    assert(byMean < 0 && byDeviation > 0);
  }
});

test("gaussianProcessSampler: the local search finds the end of a bent valley, and stops at bounds", () => {
  const valley = (x: Float64Array) => {
    const [a = 0, b = 0] = x;
    return {
      value: 100 * (b - a * a) ** 2 + (1 - a) ** 2,
      gradient: Float64Array.of(
        -400 * a * (b - a * a) - 2 * (1 - a),
        200 * (b - a * a),
      ),
    };
  };
  const low = Float64Array.of(-2, -2);
  const end = (high: Float64Array) =>
    minimize(valley, Float64Array.of(-1.2, 1), { low, high, steps: 200 }).x;
  const [a = 0, b = 0] = end(Float64Array.of(2, 2));
  assertAlmostEquals(a, 1, 1e-3);
  assertAlmostEquals(b, 1, 1e-3);
  const [held = 0, free = 0] = end(Float64Array.of(0.5, 2));
  assertEquals(held, 0.5);
  assertAlmostEquals(free, 0.25, 1e-3);
});

test("gaussianProcessSampler: a parameter without effect gets a long scale, and noise is told from the function", () => {
  const random = createRandom(4);
  const points = pointsOf(60, 3);
  const of = (noise: number): GpData => ({
    points,
    losses: Float64Array.from(
      points,
      ([x = 0]) => Math.sin(6 * x) * 1.4 + noise * random.normal(),
    ),
    isChoice: [false, false, false],
  });
  const exact = fitGp(of(0));
  assertGreater(exact.scales[1]!, exact.scales[0]! + 1);
  assertGreater(exact.scales[2]!, exact.scales[0]! + 1);
  assertLess(Math.exp(exact.noise), 1e-3);
  assertAlmostEquals(Math.exp(fitGp(of(0.3)).noise), 0.09, 0.05);
});

test("gaussianProcessSampler: the regret on Branin after 30 trials is below 0.02", () => {
  const space = defineSpace({ x1: float(-5, 10), x2: float(0, 15) });
  const loss = (point: Point) => branin.evaluate(space.toConfig(point));
  const found = bests(() => gaussianProcessSampler(space), loss, {
    trials: 30,
    seeds: 5,
  });
  assertLess(median(found) - branin.optimum, 0.02);
});

test("gaussianProcessSampler: Hartmann 6 is at its two best optima after 50 trials", () => {
  const space = defineSpace(
    Object.fromEntries(
      Array.from({ length: 6 }, (_, i) => [`x${i + 1}`, float(0, 1)]),
    ),
  ) as Space<Record<string, number>>;
  const loss = (point: Point) => hartmann6.evaluate(space.toConfig(point));
  const found = bests(() => gaussianProcessSampler(space), loss, {
    trials: 50,
    seeds: 3,
  });
  assertLess(median(found) - hartmann6.optimum, 0.2);
});

test("gaussianProcessSampler: losses of very different sizes do no harm", () => {
  const loss = (point: Point) => Math.exp(bowl(point));
  const found = bests(() => gaussianProcessSampler(square), loss, {
    trials: 30,
    seeds: 3,
  });
  assertLess(Math.log(median(found)), 0.01);
});

test("gaussianProcessSampler: if all trials failed, or all losses are equal or infinite, it continues", () => {
  for (const value of [undefined, 3, Infinity, -Infinity]) {
    const points = search(gaussianProcessSampler(square), createRandom(2), {
      trials: 16,
      loss: () => value,
    });
    assertEquals(new Set(points.map((point) => point.join())).size, 16);
  }
});

test("gaussianProcessSampler: if there is little to improve, it tries other choices with the numbers that promise most", () => {
  const sampler = gaussianProcessSampler(
    defineSpace({ x: float(0, 1), c: category(["a", "b", "c"]) }),
  );
  // The first choice is the best one, and is known around the best x.
  const known: Point[] = [
    ...[0, 0.1, 0.2, 0.25, 0.28, 0.3, 0.32, 0.35, 0.4, 0.7, 1]
      .map((x) => [x, 0]),
    ...[0, 0.3, 0.6, 0.9].flatMap((x) => [[x, 1], [x, 2]]),
  ];
  known.forEach((point, trial) => {
    const [x = 0, c = 0] = point;
    const loss = 1 + 10 * (x - 0.3) ** 2 + c;
    sampler.observe?.({ trial, point, fidelity: 1, loss });
  });
  const root = createRandom(1);
  const others = Array.from(
    { length: 40 },
    (_, index) => sampler.sample(100 + index, root.fork(index)) ?? [],
  ).filter(([, c]) => c !== 0);
  assertEquals(new Set(others.map(([, c]) => c)), new Set([1, 2]));
  assertLess(median(others.map(([x = 1]) => Math.abs(x - 0.3))), 0.1);
});

test("gaussianProcessSampler: running trials keep others away from their places", () => {
  const distance = (pending: boolean): number => {
    const sampler = gaussianProcessSampler(square);
    const root = createRandom(6);
    search(sampler, root, { trials: 14, loss: bowl });
    const points: Point[] = [];
    for (let trial = 14; trial < 20; trial++) {
      const point = sampler.sample(trial, root.fork(trial)) ?? [];
      if (pending) sampler.started?.(trial, point);
      points.push(point);
    }
    const gaps = points.flatMap(([x = 0, y = 0], i) =>
      points.slice(0, i).map(([a = 0, b = 0]) => Math.hypot(x - a, y - b))
    );
    return median(gaps);
  };
  assertGreater(distance(true), 3 * distance(false));
});

test("gaussianProcessSampler: the improvement is that at the greatest fidelity", () => {
  const best = (low: number): number => {
    const sampler = gaussianProcessSampler(square);
    const root = createRandom(1);
    for (let trial = 0; trial < 30; trial++) {
      const point = sampler.sample(trial, root.fork(trial)) ?? [];
      const [x = 0] = point;
      // One epoch prefers x = -4, and nine prefer `low`.
      sampler.observe?.({ trial, point, fidelity: 1, loss: (x + 4) ** 2 });
      if (trial % 3) continue;
      sampler.observe?.({ trial, point, fidelity: 9, loss: (x - low) ** 2 });
    }
    return sampler.sample(30, root.fork(30))?.[0] ?? NaN;
  };
  assertAlmostEquals(best(3), 3, 1);
  assertAlmostEquals(best(0), 0, 1);
});

test("gaussianProcessSampler: low fidelities that agree with the greatest one are used", () => {
  const nearest = (lower: boolean): number => {
    const sampler = gaussianProcessSampler(square);
    const root = createRandom(3);
    for (let trial = 0; trial < 25; trial++) {
      const random = root.fork(trial);
      const point = [random.next() * 10 - 5, random.next() * 10 - 5];
      const loss = bowl(point);
      if (lower) sampler.observe?.({ trial, point, fidelity: 3, loss });
      // Only the first trials get to the end.
      if (trial < 11) sampler.observe?.({ trial, point, fidelity: 9, loss });
    }
    const at = [30, 31, 32].map((trial) =>
      bowl(sampler.sample(trial, root.fork(trial)) ?? [])
    );
    return median(at);
  };
  assertLess(nearest(true), nearest(false));
});

test("gaussianProcessSampler: points of a small space without floats are not repeated", () => {
  const space = defineSpace({
    n: int(1, 4),
    c: category(["a", "b", "c", "d"]),
    s: float(0, 1, { step: 0.5 }),
  });
  const points = search(
    gaussianProcessSampler(space, { startup: 1 }),
    createRandom(5),
    { trials: 48, loss: ([n = 0, c = 0, s = 0]) => n + c + s },
  );
  assertEquals(new Set(points.map((point) => point.join())).size, 48);
});

test("gaussianProcessSampler: of more results than it may use, it uses the best and the newest", () => {
  const history = new History((point) => point as number[]);
  for (let trial = 0; trial < 60; trial++) {
    history.observe({ trial, point: [trial], fidelity: 1, loss: trial });
  }
  for (let trial = 10; trial < 13; trial++) {
    history.observe({ trial, point: [trial], fidelity: 9, loss: -1 });
  }
  const used = (most: number) =>
    recordsOf(history, ({ row }) => row, most).used.points
      .map(([trial, fidelity]) => `${trial}@${fidelity}`);
  // All of the greatest fidelity; of the other nine, the best three and the newest six.
  assertEquals(used(12), [
    ...["0@0", "1@0", "2@0", "10@1", "11@1", "12@1"],
    ...["54@0", "55@0", "56@0", "57@0", "58@0", "59@0"],
  ]);
  assertEquals(used(100).length, 63);
});

test("gaussianProcessSampler: an option that is out of range is refused by its name", () => {
  const cases = [
    [{ startup: 0 }, "startup is 0; give a whole number from 1 up"],
    [{ mostPoints: 9.5 }, "mostPoints is 9.5; give a whole number from 10 up"],
    [{ startups: 3 } as never, "did you mean startup?"],
  ] as const;
  for (const [options, message] of cases) {
    const error = assertThrows(
      () => gaussianProcessSampler(square, options),
      SearchUsageError,
      message,
    );
    assert(error.message.startsWith("Cannot sample with a Gaussian process: "));
  }
});
