/**
 * Rounds a number so that numbers which differ by the rounding of sums alone are equal: otherwise the order of the
 * runs would decide which of two equal effects is the larger one, and whether half of a difference is a half.
 *
 * @param value The number.
 * @returns it, with 12 significant digits.
 */
export function withoutDust(value: number): number {
  return Number(value.toPrecision(12));
}
