/**
 * Computes the mean.
 *
 * @param values The values.
 * @returns their mean; `undefined` if there is none.
 */
export function meanOf(values: readonly number[]): number | undefined {
  return values.length === 0
    ? undefined
    : values.reduce((sum, value) => sum + value, 0) / values.length;
}
