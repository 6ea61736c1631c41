/**
 * Student's t distribution.
 *
 * The incomplete beta function is computed by its continued fraction (NIST Digital Library of Mathematical
 * Functions, 8.17.22) with the algorithm of W. J. Lentz (Applied Optics 15, 1976), the logarithm of the gamma
 * function by the series of C. Lanczos (SIAM Journal on Numerical Analysis 1, 1964).
 *
 * @module
 */

/**
 * Returns the probability that |T| is at least |t|.
 *
 * @param t The statistic; infinite is allowed.
 * @param freedom The degrees of freedom, above 0; `Infinity` gives the normal distribution.
 * @returns the two-sided p value, from 0 to 1.
 */
export function tTwoSided(t: number, freedom: number): number {
  const square = t * t;
  if (square === Infinity) return 0;
  if (freedom > LARGE) return normalTwoSided(Math.abs(t), freedom);
  return incompleteBeta(freedom / (freedom + square), freedom / 2, 0.5);
}

/**
 * Returns the distribution function of Student's t.
 *
 * @param t The statistic.
 * @param freedom The degrees of freedom, above 0.
 * @returns the probability of a value of at most t.
 */
export function tCdf(t: number, freedom: number): number {
  const tail = tTwoSided(t, freedom) / 2;
  return t < 0 ? tail : 1 - tail;
}

/**
 * Returns the value that T exceeds in absolute value with a given probability.
 *
 * @param p The probability of both tails, from 0 (excluded) to 1.
 * @param freedom The degrees of freedom, above 0.
 * @returns the critical value, at least 0.
 */
export function tCritical(p: number, freedom: number): number {
  const key = `${p} ${freedom}`;
  const known = CRITICAL.get(key);
  if (known !== undefined) return known;
  if (CRITICAL.size >= MOST_KEPT) CRITICAL.clear();
  const value = findCritical(p, freedom);
  CRITICAL.set(key, value);
  return value;
}

/** Critical values that were asked for: a verdict asks for a few of them thousands of times. */
const CRITICAL = new Map<string, number>();
const MOST_KEPT = 10_000;

function findCritical(p: number, freedom: number): number {
  let [low, high] = [0, 1];
  while (tTwoSided(high, freedom) > p && high < 1e300) {
    [low, high] = [high, high * 2];
  }
  for (let round = 0; round < 200 && high - low > 1e-14 * high; round++) {
    const middle = (low + high) / 2;
    if (tTwoSided(middle, freedom) > p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** More degrees of freedom than this are as good as the expansion below. */
const LARGE = 1e6;

/** The tail of the normal distribution at z, corrected for the degrees of freedom (Abramowitz and Stegun, 26.7.8). */
function normalTwoSided(t: number, freedom: number): number {
  const z = t * (1 - 1 / (4 * freedom)) /
    Math.sqrt(1 + t * t / (2 * freedom));
  const half = z * z / 2;
  // The complementary error function is an incomplete gamma function: its fraction, or its series near 0.
  return half > 1.5 ? gammaTail(half) : 1 - gammaSeries(half);
}

function gammaSeries(x: number): number {
  let [term, sum] = [2, 2];
  for (let k = 1; k < 500 && term > sum * 1e-17; k++) {
    term *= x / (0.5 + k);
    sum += term;
  }
  return sum * Math.sqrt(x / Math.PI) * Math.exp(-x);
}

function gammaTail(x: number): number {
  let fraction = 0;
  for (let k = 400; k >= 1; k--) {
    fraction = k * (k - 0.5) / (x + 2 * k + 0.5 - fraction);
  }
  return Math.sqrt(x / Math.PI) * Math.exp(-x) / (x + 0.5 - fraction);
}

/** The regularized incomplete beta function. */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(
    logGamma(a + b) - logGamma(a) - logGamma(b) +
      a * Math.log(x) + b * Math.log1p(-x),
  );
  return x < (a + 1) / (a + b + 2)
    ? front * betaFraction(x, a, b) / a
    : 1 - front * betaFraction(1 - x, b, a) / b;
}

function betaFraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / apart(1 - (a + b) * x / (a + 1));
  let value = d;
  for (let m = 1; m <= 5000; m++) {
    const even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = -(a + m) * (a + b + m) * x /
      ((a + 2 * m) * (a + 2 * m + 1));
    let change = 1;
    for (const term of [even, odd]) {
      d = 1 / apart(1 + term * d);
      c = apart(1 + term / c);
      change = d * c;
      value *= change;
    }
    if (Math.abs(change - 1) < 1e-15) break;
  }
  return value;
}

/** Lentz's algorithm divides by these, so they must not be 0. */
function apart(value: number): number {
  return Math.abs(value) < 1e-300 ? 1e-300 : value;
}

/** The coefficients of Lanczos's series for g = 7 and nine terms. */
const LANCZOS = [
  0.99999999999980993,
  676.5203681218851,
  -1259.1392167224028,
  771.32342877765313,
  -176.61502916214059,
  12.507343278686905,
  -0.13857109526572012,
  9.9843695780195716e-6,
  1.5056327351493116e-7,
];

function logGamma(x: number): number {
  const series = LANCZOS.reduce(
    (sum, coefficient, k) =>
      k === 0 ? coefficient : sum + coefficient / (x - 1 + k),
    0,
  );
  const t = x + 6.5;
  return Math.log(Math.sqrt(2 * Math.PI) * series) +
    (x - 0.5) * Math.log(t) - t;
}
