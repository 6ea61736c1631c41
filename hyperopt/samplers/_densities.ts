import type { Row, Split } from "./_history.ts";
import { Parzen, type ParzenDimension } from "./_parzen.ts";

/** The density of the good trials is wider than that of the bad ones, so that places that were tried often and are not good are avoided. */
const GOOD_DENSITY = { bandwidth: 0.7, leastBandwidth: 0.01 };
const BAD_DENSITY = { bandwidth: 0.5, leastBandwidth: 0.01 };

/** The density of good trials, and that of bad ones. */
export interface Densities {
  readonly better: Parzen;
  readonly worse: Parzen;
}

/** Models the densities of good and of bad trials. */
export function densitiesOf(
  kinds: readonly ParzenDimension[],
  { good, bad }: Split,
): Densities {
  return {
    better: new Parzen(kinds, good, byRank(good), GOOD_DENSITY),
    worse: new Parzen(kinds, bad, evenly(bad), BAD_DENSITY),
  };
}

/** The numbers of rows in a {@linkcode Split}. */
export interface Places {
  readonly good: readonly number[];
  readonly bad: readonly number[];
}

/**
 * Returns how promising a row is: the logarithm of the ratio of the densities.
 *
 * @param without The rows of the split whose kernels are left out.
 */
export function scoreOf(
  { better, worse }: Densities,
  row: Row,
  without?: Places,
): number {
  return better.logDensity(row, without?.good) -
    worse.logDensity(row, without?.bad);
}

/** Returns the logarithmic weights of CMA-ES, best first; their sum is `rows.length`. */
function byRank(rows: readonly Row[]): Float64Array {
  const count = rows.length;
  const weights = new Float64Array(count)
    .map((_, rank) => Math.log((count + 1) / (rank + 1)));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight * count / sum);
}

function evenly(rows: readonly Row[]): Float64Array {
  return new Float64Array(rows.length).fill(1);
}
