/**
 * Corrects p values for their number (S. Holm, Scandinavian Journal of Statistics 6, 1979).
 *
 * @param ps The p values.
 * @param count The number of tests, if some have no p value here. @default {ps.length}
 * @returns the corrected values, in the same order.
 */
export function holm(
  ps: readonly number[],
  count: number = ps.length,
): number[] {
  const order = ps.map((p, index) => ({ p, index }))
    .sort((a, b) => a.p - b.p);
  const corrected: number[] = [];
  let least = 0;
  order.forEach(({ p, index }, rank) => {
    least = Math.max(least, Math.min(1, p * Math.max(1, count - rank)));
    corrected[index] = least;
  });
  return corrected;
}
