/**
 * Tests of the difference of two means.
 *
 * @module
 */
import { type Moments, momentsOf } from "./moments.ts";
import { tCritical, tTwoSided } from "./t.ts";

/** A difference with its standard error. */
export interface Estimate {
  /** The difference, the second minus the first. */
  readonly difference: number;
  /** Its standard error; 0 if nothing varies. */
  readonly error: number;
  /** The degrees of freedom of the error. */
  readonly freedom: number;
}

/**
 * Compares one value with a sample: (x - mean) / (s sqrt(1 + 1/n)) with n - 1 degrees of freedom.
 *
 * @param sample At least two values.
 * @param value The value.
 * @returns the value minus the mean of the sample; `undefined` for a smaller sample.
 */
export function oneAgainst(
  sample: readonly number[],
  value: number,
): Estimate | undefined {
  if (sample.length < 2) return undefined;
  const { n, mean, deviation } = momentsOf(sample);
  return {
    difference: value - mean,
    error: deviation * Math.sqrt(1 + 1 / n),
    freedom: n - 1,
  };
}

/**
 * Compares two samples of possibly different variance (B. L. Welch, Biometrika 34, 1947; F. E. Satterthwaite,
 * Biometrics Bulletin 2, 1946).
 *
 * @param first At least two values.
 * @param second At least two values.
 * @returns the mean of the second minus the mean of the first; `undefined` for smaller samples.
 */
export function welch(
  first: readonly number[],
  second: readonly number[],
): Estimate | undefined {
  if (first.length < 2 || second.length < 2) return undefined;
  const [a, b] = [momentsOf(first), momentsOf(second)];
  const error = Math.hypot(errorOf(a), errorOf(b));
  return {
    difference: b.mean - a.mean,
    error,
    freedom: error === 0 ? a.n + b.n - 2 : satterthwaite(a, b),
  };
}

/** The standard error of a mean. */
function errorOf({ n, deviation }: Moments): number {
  return deviation / Math.sqrt(n);
}

function satterthwaite(a: Moments, b: Moments): number {
  const [u, v] = [errorOf(a), errorOf(b)];
  // Shares, not squares: the squares of small errors are 0, and those of large ones infinite.
  const share = (u / Math.hypot(u, v)) ** 2;
  return 1 / (share ** 2 / (a.n - 1) + (1 - share) ** 2 / (b.n - 1));
}

/**
 * Compares two samples of equal variance (Student, Biometrika 6, 1908). With one value on a side it is the test of
 * one against n.
 *
 * @param first The values of the first sample.
 * @param second The values of the second sample.
 * @returns the mean of the second minus the mean of the first; `undefined` for fewer than three values, or an
 * empty sample.
 */
export function pooled(
  first: readonly number[],
  second: readonly number[],
): Estimate | undefined {
  const [a, b] = [momentsOf(first), momentsOf(second)];
  const freedom = a.n + b.n - 2;
  if (a.n === 0 || b.n === 0 || freedom < 1) return undefined;
  const [u, v] = [a, b].map(({ n, deviation }) => deviation * Math.sqrt(n - 1));
  return {
    difference: b.mean - a.mean,
    error: Math.hypot(u ?? 0, v ?? 0) *
      Math.sqrt((1 / a.n + 1 / b.n) / freedom),
    freedom,
  };
}

/**
 * Judges the mean of differences of pairs.
 *
 * @param differences At least two differences.
 * @returns their mean; `undefined` for fewer.
 */
export function paired(differences: readonly number[]): Estimate | undefined {
  if (differences.length < 2) return undefined;
  const { n, mean, deviation } = momentsOf(differences);
  return {
    difference: mean,
    error: deviation / Math.sqrt(n),
    freedom: n - 1,
  };
}

/**
 * Returns the two-sided p value of an estimate.
 *
 * @param estimate The estimate.
 * @returns the p value; 0 if nothing varies and there is a difference, 1 if there is none.
 */
export function pOf({ difference, error, freedom }: Estimate): number {
  if (difference === 0) return 1;
  return error === 0 ? 0 : tTwoSided(difference / error, freedom);
}

/**
 * Returns the confidence interval of an estimate.
 *
 * @param estimate The estimate.
 * @param alpha One minus the confidence.
 * @returns the interval.
 */
export function intervalOf(
  { difference, error, freedom }: Estimate,
  alpha: number,
): [low: number, high: number] {
  const reach = error === 0 ? 0 : error * tCritical(alpha, freedom);
  return [difference - reach, difference + reach];
}

/**
 * Returns the smallest difference that a two-sided test finds with 80% power: the standard error times the sum
 * of the critical values of the test and of the power (H. S. Bloom, Evaluation Review 19, 1995).
 *
 * @param estimate The estimate.
 * @param alpha The level of the test.
 * @returns the difference, at least 0.
 */
export function detectableOf(
  { error, freedom }: Estimate,
  alpha: number,
): number {
  if (error === 0) return 0;
  return error * (tCritical(alpha, freedom) + tCritical(2 * 0.2, freedom));
}

/**
 * Tells whether a difference is shown to be smaller than a margin: two one-sided tests (D. J. Schuirmann,
 * Journal of Pharmacokinetics and Biopharmaceutics 15, 1987).
 *
 * @param estimate The estimate.
 * @param margin The margin, above 0.
 * @param alpha The level of each test.
 * @returns true if the interval of 1 - 2 alpha lies within the margin.
 */
export function isEquivalent(
  estimate: Estimate,
  margin: number,
  alpha: number,
): boolean {
  const [low, high] = intervalOf(estimate, 2 * alpha);
  return -margin < low && high < margin;
}

/**
 * Returns how many runs a side make a difference detectable with 80% power.
 *
 * @param deviation The standard deviation of one run.
 * @param difference The difference that should be found.
 * @param alpha The level of the test.
 * @returns the number of runs a side, from 2; `undefined` if it is above 1,000.
 */
export function runsToDetect(
  deviation: number,
  difference: number,
  alpha: number,
): number | undefined {
  const isEnough = (n: number): boolean => {
    const error = deviation * Math.sqrt(2 / n);
    const estimate = { difference: 0, error, freedom: 2 * n - 2 };
    return detectableOf(estimate, alpha) <= Math.abs(difference);
  };
  if (difference === 0) return undefined;
  // More runs tell a smaller difference. With few runs, each has a wider test than with the most.
  if (!isEnough(MOST_RUNS)) return undefined;
  const least = { difference: 0, error: deviation, freedom: 2 * MOST_RUNS - 2 };
  const ratio = detectableOf(least, alpha) / Math.abs(difference);
  let few = Math.max(1, Math.ceil(2 * ratio * ratio) - 1);
  let enough = few + 1;
  for (let more = 1; enough < MOST_RUNS && !isEnough(enough); more *= 2) {
    [few, enough] = [enough, Math.min(MOST_RUNS, enough + more)];
  }
  while (enough - few > 1) {
    const middle = Math.floor((few + enough) / 2);
    if (isEnough(middle)) enough = middle;
    else few = middle;
  }
  return enough;
}

/** More runs a side are not proposed. */
const MOST_RUNS = 1000;
