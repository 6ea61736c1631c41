import type { Estimate } from "./mean_tests.ts";
import { momentsOf } from "./moments.ts";
import type { Block } from "./permutation.ts";

/**
 * Estimates the difference between the sides of blocks: least squares with a level for each block.
 *
 * @param blocks The blocks; those that have one side only add to the degrees of freedom.
 * @returns the second side minus the first; `undefined` if no block has both sides, or too few values.
 */
export function blockEstimate(blocks: readonly Block[]): Estimate | undefined {
  let [weight, sum, squares, values, levels] = [0, 0, 0, 0, 0];
  for (const { first, second } of blocks) {
    const size = first.length + second.length;
    if (size === 0) continue;
    squares += squaresIn([...first, ...second]);
    [values, levels] = [values + size, levels + 1];
    const share = first.length * second.length / size;
    if (share === 0) continue;
    weight += share;
    sum += share * (momentsOf(second).mean - momentsOf(first).mean);
  }
  const freedom = values - levels - 1;
  if (weight === 0 || freedom < 1) return undefined;
  const rest = squares - sum * sum / weight;
  // What is left of equal values is rounding.
  const variance = rest <= 1e-12 * squares ? 0 : rest / freedom;
  return {
    difference: sum / weight,
    error: Math.sqrt(variance / weight),
    freedom,
  };
}

function squaresIn(values: readonly number[]): number {
  const { n, deviation } = momentsOf(values);
  return n < 2 ? 0 : deviation ** 2 * (n - 1);
}
