/**
 * Whether a difference is more than chance.
 *
 * @module
 */
import { fisherExact } from "./stats/fisher.ts";
import {
  detectableOf,
  type Estimate,
  intervalOf,
  oneAgainst,
  paired,
  pOf,
  pooled,
  welch,
} from "./stats/mean_tests.ts";
import { momentsOf } from "./stats/moments.ts";
import { bySeed, type Sample } from "./replicates.ts";
import type { DifferenceTest, NoiseKind } from "./verdict_types.ts";

/** How a difference is judged. */
export interface NoiseOptions {
  /** The level of the test. */
  readonly alpha: number;
  /** The number of metrics among which this one was chosen. */
  readonly among: number;
  /**
   * Tells whether repeats that agree in this metric agree in everything that counts, so that the program is
   * deterministic for what the repeats share.
   */
  readonly isDeterministic: (samples: readonly Sample[]) => boolean;
  /**
   * Tells whether every repeat, or every one with a seed, has a finite value: where one diverged, those that are left
   * may be equal, and repeats are not.
   */
  readonly isComplete: (seed?: string) => boolean;
}

/** A test, with the estimate that it is about. */
export interface Judgement {
  /** The test. */
  readonly test: DifferenceTest;
  /** The estimate; absent for shares. */
  readonly estimate?: Estimate;
}

/** At least this many seeds make the noise of seeds. */
const LEAST_SEEDS = 3;

/**
 * Judges the difference of two settings by the repeats of each.
 *
 * @param first The repeats of the first setting; the run that is compared comes first.
 * @param second The repeats of the second setting.
 * @param options How to judge.
 * @returns the judgement; `undefined` if there are too few repeats.
 */
export function judge(
  first: readonly Sample[],
  second: readonly Sample[],
  options: NoiseOptions,
): Judgement | undefined {
  const [a, b] = [first[0], second[0]];
  if (a === undefined || b === undefined) return undefined;
  const same = a.seed === b.seed
    ? judgeSameSeed(first, second, a.seed, options)
    : undefined;
  if (same?.test.kind === "identical") return same;
  const seeds = judgeSeeds(first, second, options);
  if (same === undefined || seeds === undefined) return same ?? seeds;
  // Two questions were asked, so each answer is corrected by two.
  const [one, other] = [same, seeds].map((one) => corrected(one, 2, options));
  return !one?.test.isBeyondNoise && other?.test.isBeyondNoise ? other : one;
}

function judgeSameSeed(
  first: readonly Sample[],
  second: readonly Sample[],
  seed: string,
  options: NoiseOptions,
): Judgement | undefined {
  const own = (samples: readonly Sample[]) =>
    samples.filter((sample) => sample.seed === seed);
  const [a, b] = [own(first), own(second)];
  const estimate = compare(a.map(valueIn), b.map(valueIn));
  if (estimate === undefined) return undefined;
  const isIdentical = estimate.error === 0;
  const isBeyond = isIdentical && [a, b].every(options.isDeterministic);
  const isFar = isFarApart(a, b, Math.max(a.length, b.length));
  const isComplete = options.isComplete(seed);
  return judged(
    estimate,
    a.length,
    b.length,
    "same-seed",
    isComplete && (isBeyond || isFar),
    options,
  );
}

function judgeSeeds(
  first: readonly Sample[],
  second: readonly Sample[],
  options: NoiseOptions,
): Judgement | undefined {
  const [a, b] = [bySeed(first), bySeed(second)];
  const pairs = [...a].flatMap(([seed, values]) => {
    const others = b.get(seed);
    return others === undefined ? [] : [meanOf(others) - meanOf(values)];
  });
  if (pairs.length >= LEAST_SEEDS) {
    const estimate = paired(pairs);
    if (estimate === undefined) return undefined;
    const n = pairs.length;
    const isShown = options.isComplete();
    return judged(estimate, n, n, "seed", isShown, options, "paired");
  }
  if (Math.max(a.size, b.size) < LEAST_SEEDS) return undefined;
  const estimate = compare(
    [...a.values()].map(meanOf),
    [...b.values()].map(meanOf),
  );
  if (estimate === undefined) return undefined;
  const isBeyond = [first, second].every(options.isDeterministic) ||
    isFarApart(first, second, Math.max(a.size, b.size));
  const isShown = options.isComplete() && isBeyond;
  return judged(estimate, a.size, b.size, "seed", isShown, options);
}

/** So many equal values show that another one is no chance: the rate of errors is at most n^n / (n + 1)^(n + 1). */
const MANY = 7;

/**
 * Tells whether two groups of equal values of a coarse metric (shares of a small number of samples) are apart by more
 * than coarse values hide: by two steps of their grid, if at least three values agree, or at all, if many do.
 */
function isFarApart(
  first: readonly Sample[],
  second: readonly Sample[],
  count: number,
): boolean {
  const [a, b] = [first[0]?.value, second[0]?.value];
  if (a === undefined || b === undefined || count < LEAST_SEEDS) return false;
  // The mean of a seed hides that its repeats differ.
  const isEqual = [first, second].every((samples) =>
    momentsOf(samples.map(valueIn)).deviation === 0
  );
  if (!isEqual) return false;
  if (count >= MANY) return true;
  const steps = gridSteps(a, b);
  return steps !== undefined && steps >= 2;
}

/** How many steps of their grid lie between two shares; `undefined` if they have none. */
function gridSteps(a: number, b: number): number | undefined {
  for (let of = 1; of <= 2000; of++) {
    const [x, y] = [a * of, b * of];
    if (isWhole(x) && isWhole(y)) {
      return Math.abs(Math.round(x) - Math.round(y));
    }
  }
  return undefined;
}

function isWhole(value: number): boolean {
  return Math.abs(value - Math.round(value)) <= 1e-12 * Math.abs(value);
}

/** Two values show too little of their variance: of Welch's tests with 2 and 20 values, 10% err at level 5%. */
const LEAST_FOR_WELCH = 3;
/** With fewer values than this, Welch's test alone errs in up to 7% at level 5%. */
const FEW = 5;

/**
 * Estimates the difference of two groups. A group of one or two is taken to vary as the other one does; for three or
 * four, the less certain one of both tests counts.
 *
 * @param first The values of the first group.
 * @param second The values of the second group.
 * @returns the second minus the first; `undefined` if both groups are single runs, or one is empty.
 */
export function compare(
  first: readonly number[],
  second: readonly number[],
): Estimate | undefined {
  const smaller = Math.min(first.length, second.length);
  const equal = pooled(first, second);
  if (smaller < LEAST_FOR_WELCH || equal === undefined) return equal;
  const own = welch(first, second);
  return smaller < FEW && own !== undefined && pOf(own) < pOf(equal)
    ? equal
    : own;
}

function judged(
  estimate: Estimate,
  nA: number,
  nB: number,
  noise: NoiseKind,
  isDeterministic: boolean,
  { alpha, among }: NoiseOptions,
  kind: DifferenceTest["kind"] = kindOf(nA, nB, estimate.freedom),
): Judgement {
  const { difference, error, freedom } = estimate;
  if (error === 0) {
    // Repeats may agree by chance: the other value is then one of n + 1 that are equally likely.
    const isBeyond = isDeterministic && difference !== 0;
    const p = difference === 0 ? 1 : isBeyond ? 0 : 1 / (Math.max(nA, nB) + 1);
    const test = { kind: "identical" as const, noise, nA, nB, difference, p };
    return { estimate, test: { ...test, isBeyondNoise: isBeyond } };
  }
  const p = Math.min(1, pOf(estimate) * among);
  const test = {
    kind,
    noise,
    nA,
    nB,
    difference,
    p,
    interval: intervalOf(estimate, alpha / among),
    detectable: detectableOf(estimate, alpha / among),
    freedom,
    isBeyondNoise: p <= alpha,
  };
  return { estimate, test };
}

function kindOf(
  nA: number,
  nB: number,
  freedom: number,
): DifferenceTest["kind"] {
  if (Math.min(nA, nB) === 1) return "one-against-n";
  // Welch's test has fewer degrees of freedom, unless the two are the same test.
  return freedom === nA + nB - 2 ? "pooled" : "welch";
}

function corrected(
  { test, estimate }: Judgement,
  by: number,
  { alpha, among }: NoiseOptions,
): Judgement {
  if (test.kind === "identical" || estimate === undefined) {
    return { test, ...(estimate && { estimate }) };
  }
  const p = Math.min(1, test.p * by);
  return {
    estimate,
    test: {
      ...test,
      p,
      interval: intervalOf(estimate, alpha / among / by),
      detectable: detectableOf(estimate, alpha / among / by),
      isBeyondNoise: p <= alpha,
    },
  };
}

/**
 * Judges the difference between two repeats of one setting: whether one of them lies outside of the others.
 *
 * @param a The first run.
 * @param b The second run.
 * @param others The other repeats.
 * @param options How to judge.
 * @returns the judgement; `undefined` if there are too few other repeats.
 */
export function judgePair(
  a: Sample,
  b: Sample,
  others: readonly Sample[],
  options: NoiseOptions,
): Judgement | undefined {
  const isSameSeed = a.seed === b.seed;
  const own = isSameSeed
    ? others.filter(({ seed }) => seed === a.seed)
    : others;
  const values = isSameSeed
    ? own.map(valueIn)
    : [...bySeed(own).values()].map(meanOf);
  if (!isSameSeed && values.length < LEAST_SEEDS) return undefined;
  const noise = isSameSeed ? "same-seed" : "seed";
  const found = [a, b].map(({ value }) => oneAgainst(values, value));
  const [x, y] = found;
  if (x === undefined || y === undefined) return undefined;
  const outer = Math.abs(y.difference) >= Math.abs(x.difference) ? y : x;
  const n = values.length;
  // The best run was chosen among all of them before it was compared, and both runs are judged.
  const all = { ...options, among: options.among * 2 * (n + 2) };
  const isBeyond = options.isDeterministic(own) &&
    options.isComplete(isSameSeed ? a.seed : undefined);
  const { test } = judged(outer, n, 1, noise, isBeyond, all);
  const difference = b.value - a.value;
  const size = test.detectable;
  // Both runs vary, so their difference varies more than the one that was judged.
  const detectable = size === undefined ? undefined : size * Math.SQRT2;
  return {
    estimate: outer,
    test: { ...test, nA: n + 1, difference, ...(detectable && { detectable }) },
  };
}

/**
 * Tells whether a run lies outside of its own repeats (Grubbs's test: the deleted residual, corrected for the
 * number of runs that could have been the outermost, the one that it is compared with included, and for the two runs
 * that are judged).
 *
 * @param run The run.
 * @param others The values of the other repeats.
 * @param alpha The level of the test.
 * @returns true if it does.
 */
export function isOutlier(
  run: number,
  others: readonly number[],
  alpha: number,
): boolean {
  const estimate = oneAgainst(others, run);
  return estimate !== undefined && estimate.error > 0 &&
    pOf(estimate) * 2 * (others.length + 2) <= alpha;
}

/**
 * Judges the numbers of runs whose result is not finite.
 *
 * @param first The number of such runs of the first setting, and of all its runs.
 * @param second The same for the second setting.
 * @param noise What the repeats vary in.
 * @param alpha The level of the test.
 * @returns the judgement.
 */
export function judgeShares(
  first: readonly [hits: number, of: number],
  second: readonly [hits: number, of: number],
  noise: NoiseKind,
  alpha: number,
): Judgement {
  const p = fisherExact(...first, ...second);
  const difference = second[0] / second[1] - first[0] / first[1];
  const [nA, nB] = [first[1], second[1]];
  const isBeyondNoise = p <= alpha;
  return {
    test: { kind: "fisher", noise, nA, nB, difference, p, isBeyondNoise },
  };
}

function valueIn({ value }: Sample): number {
  return value;
}

function meanOf(values: readonly number[]): number {
  return momentsOf(values).mean;
}
