/**
 * Means and variances.
 *
 * @module
 */

/** A sample in numbers. */
export interface Moments {
  /** The number of values. */
  readonly n: number;
  /** Their mean; NaN for none. */
  readonly mean: number;
  /** Their sample variance; 0 for fewer than two. */
  readonly variance: number;
}

/**
 * Computes the mean and the sample variance.
 *
 * @param values Finite numbers.
 * @returns the moments. Values that differ only by rounding have variance 0.
 */
export function momentsOf(values: readonly number[]): Moments {
  const n = values.length;
  if (values.every((value) => value === values[0])) {
    // The mean of equal values is exact only this way.
    return { n, mean: values[0] ?? NaN, variance: 0 };
  }
  // In order of size, the rounding of sums does not follow from the order of the values.
  const sorted = values.toSorted((one, other) => one - other);
  const first = sorted[0] ?? 0;
  const mean = first +
    sorted.reduce((sum, value) => sum + (value - first), 0) / n;
  const squares = sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const variance = squares / (n - 1);
  const scale = Math.max(...values.map(Math.abs));
  const isRounding = Math.sqrt(variance) <= ROUNDING * scale;
  return { n, mean, variance: isRounding ? 0 : variance };
}

/** A relative spread of this size is rounding, not noise. */
const ROUNDING = 4 * Number.EPSILON;
