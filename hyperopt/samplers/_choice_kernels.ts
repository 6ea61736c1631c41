import type { Row } from "./_history.ts";

/** The kernels of a dimension of choices without order. */
export interface ChoiceKernels {
  /** The choice of each kernel; NaN for a flat one. */
  readonly chosen: Float64Array;
  /** The number of choices. */
  readonly count: number;
  /** The chance that a kernel spreads evenly over all choices; the rest is on its own choice. */
  readonly away: number;
}

/** Makes kernels that keep closer to their own choice the more kernels there are: all share one even observation. */
export function choiceKernels(
  rows: readonly Row[],
  dimension: number,
  count: number,
): ChoiceKernels {
  const chosen = new Float64Array(rows.length);
  rows.forEach((row, kernel) => chosen[kernel] = row[dimension] as number);
  const spread = count / (rows.length + 1);
  return { chosen, count, away: spread / (1 + spread) };
}
