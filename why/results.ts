/**
 * The results of runs.
 *
 * @module
 */
import type { MetricFacts, RunFacts } from "./facts.ts";

/** How results are read and compared. */
export interface ResultOptions {
  /** The last finite value, or the best. */
  readonly at: "last" | "best";
  /** Whether a greater or a smaller value is better. */
  readonly mode: "max" | "min";
  /** The relative difference up to which two values are equal. */
  readonly tolerance: number;
  /** The absolute difference up to which two values are equal. */
  readonly atol: number;
}

/**
 * Returns the value of a metric in a run.
 *
 * @param run The run.
 * @param key The name of the metric.
 * @param options Which value.
 * @returns the value; `undefined` if the run has no finite one.
 */
export function valueOf(
  run: RunFacts,
  key: string,
  { at, mode }: ResultOptions,
): number | undefined {
  const facts = run.metrics.get(key);
  return at === "last" ? facts?.lastFinite : facts?.[mode];
}

/**
 * Tells whether the last value of a metric is not finite.
 *
 * @param run The run.
 * @param key The name of the metric.
 * @returns false also if the run does not have the metric.
 */
export function isNotFinite(run: RunFacts, key: string): boolean {
  const facts = run.metrics.get(key);
  return facts !== undefined && !Number.isFinite(facts.last);
}

/**
 * Tells whether two values are equal: the same bits, or within the tolerance.
 *
 * @param a The first value.
 * @param b The second value.
 * @param options The tolerances.
 * @returns true if they are equal; two values that are missing are, too.
 */
export function isSame(
  a: number | undefined,
  b: number | undefined,
  { tolerance, atol }: Pick<ResultOptions, "tolerance" | "atol">,
): boolean {
  if (Object.is(a, b)) return true;
  if (a === undefined || b === undefined) return false;
  const size = Math.abs(a - b);
  return size <= atol ||
    size <= tolerance * Math.max(Math.abs(a), Math.abs(b));
}

/**
 * Tells whether the result of a metric is the same in two runs.
 *
 * @param a The first run.
 * @param b The second run.
 * @param key The name of the metric.
 * @param options Which value, and the tolerances.
 * @returns true if it is.
 */
export function isSameResult(
  a: RunFacts,
  b: RunFacts,
  key: string,
  options: ResultOptions,
): boolean {
  return isNotFinite(a, key) === isNotFinite(b, key) &&
    isSame(valueOf(a, key, options), valueOf(b, key, options), options);
}

/**
 * Tells whether all that is known of a metric is the same in two runs, the way to the result included.
 *
 * @param a The metric in the first run.
 * @param b The metric in the second run.
 * @param options The tolerances.
 * @returns true if it is.
 */
export function isSameWay(
  a: MetricFacts,
  b: MetricFacts,
  options: ResultOptions,
): boolean {
  return a.count === b.count && a.lastStep === b.lastStep &&
    isSame(a.last, b.last, options) && isSame(a.min, b.min, options) &&
    isSame(a.max, b.max, options);
}
