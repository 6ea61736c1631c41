/** Smoothed curves. */

/**
 * Smooths values by their exponential moving average, from which the bias to the start at 0 is removed (Kingma and Ba,
 * Adam, 2015, section 3), as TensorBoard does.
 *
 * @param values The values; what is not finite is `null`, stays so, and has no part in the average.
 * @param weight How much of the average stays at each value: 0 changes nothing, below 1.
 * @returns the smoothed values.
 */
export function smooth(
  values: readonly (number | null)[],
  weight: number,
): (number | null)[] {
  let [average, bias] = [0, 1];
  return values.map((value) => {
    if (value === null) return null;
    average = average * weight + (1 - weight) * value;
    bias *= weight;
    return average / (1 - bias);
  });
}
