/** Places of values between others, for all numbers that a file can hold. */

/**
 * Returns where a value is between two others: 0 at the first, 1 at the second.
 *
 * @param value The value, between the two.
 * @param low The first.
 * @param high The second, which is greater.
 */
export function shareOf(value: number, low: number, high: number): number {
  const width = high - low;
  if (Number.isFinite(width)) return (value - low) / width;
  // The width of such a range, e.g. from -1e308 to 1e308, is no number; that of its half is.
  return (value / 2 - low / 2) / (high / 2 - low / 2);
}

/**
 * Returns the value at a place between two others.
 *
 * @param share The place: 0 is the first, 1 the second.
 * @param low The first.
 * @param high The second.
 */
export function valueBetween(share: number, low: number, high: number): number {
  const width = high - low;
  return Number.isFinite(width)
    ? low + width * share
    : low * (1 - share) + high * share;
}
