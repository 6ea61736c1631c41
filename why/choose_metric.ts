/**
 * The metric that an answer is about.
 *
 * @module
 */
import type { RunFacts } from "./facts.ts";
import { configValue } from "./config_ids.ts";
import { isCopy, isResource } from "./metric_kinds.ts";
import { isSameResult, type ResultOptions } from "./results.ts";

/** A metric, with how it was chosen. */
export interface ChosenMetric {
  /** Its name. */
  readonly key: string;
  /** How it was chosen. */
  readonly chosenBy: "name" | "experiment" | "difference";
  /** Among how many metrics. */
  readonly among: number;
}

/** The metrics that both runs have and that are results. */
export interface Eligible {
  /** Their names. */
  readonly keys: readonly string[];
  /** Those whose result differs. */
  readonly differing: readonly string[];
}

/**
 * Lists the metrics that both runs have and that are results: no timings, resources, counters, copies of config
 * values, and nothing that varies between repeats that are otherwise identical.
 *
 * @param a The first run.
 * @param b The second run.
 * @param repeats Groups of repeats with equal seeds.
 * @param options How results are compared.
 * @returns the metrics.
 */
export function eligibleMetrics(
  a: RunFacts,
  b: RunFacts,
  repeats: readonly (readonly RunFacts[])[],
  options: ResultOptions,
): Eligible {
  const named = [...a.metrics.keys()].filter((key) =>
    b.metrics.has(key) && !isResource(key) && !isCopy(a, b, key)
  ).sort();
  const volatile = volatileAmong(named, repeats, options);
  const keys = named.filter((key) => !volatile.has(key));
  const differing = keys.filter((key) => !isSameResult(a, b, key, options));
  return { keys, differing };
}

/** Metrics that vary between repeats whose other results agree to the last bit. */
function volatileAmong(
  keys: readonly string[],
  repeats: readonly (readonly RunFacts[])[],
  options: ResultOptions,
): Set<string> {
  const isSameIn = ([first, ...rest]: readonly RunFacts[], key: string) =>
    first !== undefined &&
    rest.every((run) => isSameResult(first, run, key, options));
  return new Set(
    repeats.filter(({ length }) => length > 1).flatMap((runs) => {
      const same = keys.filter((key) => isSameIn(runs, key));
      const isProof = same.some((key) =>
        isFine(runs[0]?.metrics.get(key)?.last)
      );
      return isProof ? keys.filter((key) => !same.includes(key)) : [];
    }),
  );
}

/**
 * Tells whether a value has so many digits that two runs do not share it by chance. Shares of small counts do
 * not: 29 of 30.
 *
 * @param value The value.
 * @returns true if it has.
 */
export function isFine(value: number | undefined): boolean {
  if (value === undefined || !Number.isFinite(value) || value === 0) {
    return false;
  }
  for (let of = 1; of <= 2000; of++) {
    const scaled = value * of;
    if (Math.abs(scaled - Math.round(scaled)) < 1e-13 * Math.abs(scaled)) {
      return false;
    }
  }
  return true;
}

/**
 * Chooses the metric.
 *
 * @param a The first run.
 * @param b The second run.
 * @param eligible The metrics that may be chosen.
 * @param named The metric that the caller named.
 * @param pIfFound Returns the p value of the difference in a metric, if repeats show that it is more than chance.
 * @returns the metric; `undefined` if the runs have none in common.
 */
export function chooseMetric(
  a: RunFacts,
  b: RunFacts,
  eligible: Eligible,
  named: string | undefined,
  pIfFound: (key: string) => number | undefined,
): ChosenMetric | undefined {
  if (named !== undefined) return { key: named, chosenBy: "name", among: 1 };
  const stated = configValue(a.factors, "experiment.metric");
  if (
    typeof stated === "string" && a.metrics.has(stated) &&
    b.metrics.has(stated) &&
    configValue(b.factors, "experiment.metric") === stated
  ) return { key: stated, chosenBy: "experiment", among: 1 };
  const { keys, differing } = eligible;
  const key = likeliest(differing, pIfFound) ?? preferred(differing) ??
    preferred(keys);
  return key === undefined
    ? undefined
    : { key, chosenBy: "difference", among: Math.max(1, keys.length) };
}

function likeliest(
  keys: readonly string[],
  pIfFound: (key: string) => number | undefined,
): string | undefined {
  const judged = keys.flatMap((key) => {
    const p = pIfFound(key);
    return p === undefined ? [] : [{ key, p }];
  });
  const least = Math.min(...judged.map(({ p }) => p));
  const best = judged.filter(({ p }) => p === least).map(({ key }) => key);
  return preferred(best);
}

/** The goal of most programs first: a score on held-out data. */
const PREFERENCES = [
  /(val|valid|validation|test|eval|dev|held).*(acc|score|auc|f1|reward|bleu|map|iou|return)/i,
  /acc|score|auc|f1|reward|bleu|iou|return/i,
  /(val|valid|validation|test|eval|dev|held).*(loss|err|rmse|mse|mae|perplexity|ppl)/i,
  /loss|err|rmse|mse|mae|perplexity|ppl|cost|objective/i,
];

function preferred(keys: readonly string[]): string | undefined {
  for (const pattern of PREFERENCES) {
    const found = keys.find((key) => pattern.test(key));
    if (found !== undefined) return found;
  }
  return keys[0];
}
