/** How far scores agree with an order. */
export interface RankAgreement {
  /** Kendall's tau, from -1 to 1: over the pairs whose ranks differ. */
  readonly tau: number;
  /** The standard error of tau where the scores know nothing of the order. */
  readonly error: number;
}

/**
 * Compares scores (greater is better) with ranks (less is better); ties in either count for neither side.
 *
 * Source: M. G. Kendall, A New Measure of Rank Correlation, Biometrika 30 (1938).
 */
export function rankAgreement(
  scores: readonly number[],
  ranks: readonly number[],
): RankAgreement {
  const count = ranks.length;
  let agreeing = 0;
  let pairs = 0;
  for (let one = 1; one < count; one++) {
    for (let other = 0; other < one; other++) {
      const [rank, against] = [ranks[one] as number, ranks[other] as number];
      if (rank === against) continue;
      const order = rank > against ? 1 : -1;
      pairs++;
      const [a, b] = [scores[one] as number, scores[other] as number];
      agreeing += a === b ? 0 : order * (b > a ? 1 : -1);
    }
  }
  return {
    tau: pairs === 0 ? 0 : agreeing / pairs,
    error: Math.sqrt(2 * (2 * count + 5) / (9 * count * (count - 1))),
  };
}
