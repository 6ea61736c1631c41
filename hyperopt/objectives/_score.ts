/** What a result is ranked by. */
export interface Score {
  /** The losses to minimise, one for each objective. */
  readonly losses: readonly number[];
  /** By how much the result violates the constraints in total; 0 if it satisfies all of them. */
  readonly violation: number;
}

/** Tells whether losses are nowhere greater than others, and less for some objective. */
export function dominates(
  one: readonly number[],
  other: readonly number[],
): boolean {
  let isLess = false;
  for (let i = 0; i < one.length; i++) {
    const a = one[i] as number;
    const b = other[i] as number;
    if (a > b) return false;
    if (a < b) isLess = true;
  }
  return isLess;
}

/** With constraints, losses of feasible results are at most this. */
const GREATEST_LOSS = 1e300;

/** The logarithms of all violations are between these. */
const LEAST_LOG = -1075;
const GREATEST_LOG = 1025;

/**
 * Returns one number that ranks results of one objective under constraints: feasible ones by their loss, and
 * behind them the others by their violation. Violations that differ by less than about 1e-12 of their value may
 * be equal.
 *
 * Source: K. Deb, An Efficient Constraint Handling Method for Genetic Algorithms, Computer Methods in Applied
 * Mechanics and Engineering 186 (2000).
 */
export function rankedLoss({ losses, violation }: Score): number {
  const loss = losses[0] as number;
  if (violation === 0) {
    return Math.min(GREATEST_LOSS, Math.max(-GREATEST_LOSS, loss));
  }
  const log = Math.log2(Math.min(violation, Number.MAX_VALUE));
  const share = (log - LEAST_LOG) / (GREATEST_LOG - LEAST_LOG);
  return GREATEST_LOSS * (1 + share);
}
