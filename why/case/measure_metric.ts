import type { ChosenMetric } from "../choose_metric.ts";
import type { RunFacts } from "../facts.ts";
import type { Judgement } from "../noise.ts";
import {
  isNotFinite,
  isSameResult,
  type ResultOptions,
  valueOf,
} from "../results.ts";
import type { MetricVerdict } from "../verdict_types.ts";

/**
 * Reads the chosen metric in both runs.
 *
 * @param runs The two runs.
 * @param chosen The metric.
 * @param judgement How its difference was judged.
 * @param results Which value, and the tolerances.
 * @returns its values; `undefined` if a run does not have it.
 */
export function measureMetric(
  [a, b]: readonly [RunFacts, RunFacts],
  { key, chosenBy, among }: ChosenMetric,
  judgement: Judgement | undefined,
  results: ResultOptions,
): MetricVerdict | undefined {
  if (!a.metrics.has(key) || !b.metrics.has(key)) return undefined;
  const [from = NaN, to = NaN] = [a, b].map((run) =>
    valueOf(run, key, results)
  );
  const notFinite = { a: isNotFinite(a, key), b: isNotFinite(b, key) };
  const isEqual = isSameResult(a, b, key, results);
  return {
    key,
    a: from,
    b: to,
    difference: to - from,
    chosenBy,
    among,
    ...((notFinite.a || notFinite.b) && { notFinite }),
    ...(judgement && !isEqual && { test: judgement.test }),
  };
}
