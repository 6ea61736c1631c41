/** The logarithm of the expected improvement, and its slope. */
export interface LogImprovement {
  readonly value: number;
  /** The derivatives by the mean and by the deviation of the prediction. */
  readonly byMean: number;
  readonly byDeviation: number;
}

const LOG_ROOT_2PI = 0.5 * Math.log(2 * Math.PI);
const ROOT_HALF_PI = Math.sqrt(Math.PI / 2);

/** Below this, the first term of the asymptotic series is exact enough, and the exact form loses digits. */
const FAR = -1e4;

/**
 * Returns the logarithm of the expected improvement of a normal prediction below `best`. It is finite and has a
 * slope also where the improvement itself is 0 in floating point.
 *
 * Source: S. Ament, S. Daulton, D. Eriksson, M. Balandat and E. Bakshy, Unexpected Improvements to Expected
 * Improvement for Bayesian Optimization, NeurIPS 2023.
 *
 * @param best The least value so far.
 * @param mean The mean of the prediction.
 * @param deviation Its standard deviation, above 0.
 */
export function logImprovement(
  best: number,
  mean: number,
  deviation: number,
): LogImprovement {
  const z = (best - mean) / deviation;
  const log = logStandardImprovement(z);
  // The derivatives of the improvement are the normal distribution (by the mean, negative) and its density.
  const byMean = -Math.exp(logNormal(z) - log) / deviation;
  const density = -0.5 * z * z - LOG_ROOT_2PI;
  return {
    value: log + Math.log(deviation),
    byMean,
    byDeviation: Math.exp(density - log) / deviation,
  };
}

/** Returns the logarithm of `density(z) + z * normal(z)`. */
export function logStandardImprovement(z: number): number {
  const density = -0.5 * z * z - LOG_ROOT_2PI;
  if (z > -1) {
    return Math.log(Math.exp(density) + z * Math.exp(logNormal(z)));
  }
  if (z < FAR) return density - 2 * Math.log(-z);
  return density + Math.log1p(-ROOT_HALF_PI * -z * erfcx(-z / Math.SQRT2));
}

/** Returns the logarithm of the normal distribution function. */
function logNormal(z: number): number {
  return z > 0
    ? Math.log1p(-0.5 * erfcx(z / Math.SQRT2) * Math.exp(-0.5 * z * z))
    : Math.log(0.5 * erfcx(-z / Math.SQRT2)) - 0.5 * z * z;
}

/**
 * Returns `exp(x^2) * erfc(x)` for x from 0 up, to about 1e-13.
 *
 * Source: M. Abramowitz and I. A. Stegun, Handbook of Mathematical Functions (1964), 7.1.6 and 7.1.14.
 */
export function erfcx(x: number): number {
  return x < 2 ? Math.exp(x * x) - scaledErf(x) : byFraction(x);
}

/** Returns `exp(x^2) * erf(x)`: a sum without cancellation. */
function scaledErf(x: number): number {
  let term = 2 * x / Math.sqrt(Math.PI);
  let sum = term;
  for (let n = 1; term > 1e-17 * sum; n++) {
    term *= 2 * x * x / (2 * n + 1);
    sum += term;
  }
  return sum;
}

function byFraction(x: number): number {
  const depth = x < 3 ? 60 : x < 6 ? 30 : 12;
  let rest = x;
  for (let n = depth; n > 0; n--) rest = x + n / 2 / rest;
  return 1 / (rest * Math.sqrt(Math.PI));
}
