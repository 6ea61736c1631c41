import type { MetricFacts } from "../../why/mod.ts";

/**
 * Summarises a metric of a run that is made by hand.
 *
 * @param given Its values by step, or the last one alone.
 * @returns the summary.
 */
export function factsOf(given: number | readonly number[]): MetricFacts {
  const values = typeof given === "number" ? [given] : given;
  const finite = values.filter(Number.isFinite);
  return {
    count: values.length,
    lastStep: values.length - 1,
    last: values.at(-1) ?? NaN,
    lastFinite: finite.at(-1),
    min: finite.length === 0 ? undefined : Math.min(...finite),
    max: finite.length === 0 ? undefined : Math.max(...finite),
    valueAt: new Map(values.entries()),
  };
}
