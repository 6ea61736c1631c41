/**
 * Means and deviations.
 *
 * @module
 */

/** A sample in numbers. */
export interface Moments {
  /** The number of values. */
  readonly n: number;
  /** Their mean; NaN for none. */
  readonly mean: number;
  /** Their sample standard deviation; 0 for fewer than two. The squares of large values are no numbers, so it has no variance. */
  readonly deviation: number;
}

/**
 * Computes the mean and the sample standard deviation.
 *
 * @param values Finite numbers, in any order.
 * @returns the moments. Values that differ only by rounding have deviation 0.
 */
export function momentsOf(values: readonly number[]): Moments {
  const n = values.length;
  if (values.every((value) => value === values[0])) {
    // The mean of equal values is exact only this way.
    return { n, mean: values[0] ?? NaN, deviation: 0 };
  }
  const scale = values.reduce((most, one) => Math.max(most, Math.abs(one)), 0);
  const unit = unitOf(scale);
  // In order of size, the rounding of sums does not follow from the order of the values.
  const sorted = values.map((value) => value / unit)
    .sort((one, other) => one - other);
  const first = sorted[0] ?? 0;
  const mean = first +
    sorted.reduce((sum, value) => sum + (value - first), 0) / n;
  const squares = sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const deviation = Math.sqrt(squares / (n - 1)) * unit;
  const isRounding = deviation <= ROUNDING * scale;
  return { n, mean: mean * unit, deviation: isRounding ? 0 : deviation };
}

/** Values of another size are divided by it, a power of two: their squares would be infinite or 0. */
function unitOf(scale: number): number {
  const exponent = Math.floor(Math.log2(scale));
  return Math.abs(exponent) < LARGE ? 1 : 2 ** Math.max(exponent, LEAST);
}

/** The square of 2 to this power is a number, and so is the sum of many. */
const LARGE = 400;
/** The least power of two by which division is exact. */
const LEAST = -1022;

/** A relative spread of this size is rounding, not noise. */
const ROUNDING = 4 * Number.EPSILON;
