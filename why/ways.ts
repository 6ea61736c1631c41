/**
 * The ways to a result: what a metric was before its last value.
 *
 * @module
 */
import type { History, PointDivergence } from "./facts.ts";
import { isSameWay, type ResultOptions } from "./results.ts";

/** A metric that differs on the way, and where it first does, if that is known. */
export interface Way {
  /** The name of the metric. */
  readonly key: string;
  /** Where its points first differ. */
  readonly first?: PointDivergence;
}

/**
 * Lists the metrics whose points differ in two runs, whether their results do or not.
 *
 * @param history The runs; without a comparison of their points, what the summaries of the metrics show counts.
 * @param keys The metrics that are results.
 * @param results The tolerances.
 * @returns the metrics, in the order of the keys.
 */
export function waysOf(
  { a, b, divergence }: History,
  keys: readonly string[],
  results: ResultOptions,
): Way[] {
  return keys.flatMap((key): Way[] => {
    const [x, y] = [a.metrics.get(key), b.metrics.get(key)];
    if (x === undefined || y === undefined) return [];
    const first = divergence?.find(({ metric }) => metric === key);
    if (first !== undefined) return [{ key, first }];
    return isSameWay(x, y, results) ? [] : [{ key }];
  });
}
