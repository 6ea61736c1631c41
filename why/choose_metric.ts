/**
 * The metric that an answer is about.
 *
 * @module
 */
import type { RunFacts } from "./facts.ts";
import { configValue } from "./config_ids.ts";
import { isCopy, isResource } from "./metric_kinds.ts";
import {
  isNotFinite,
  isSameResult,
  type ResultOptions,
  valueOf,
} from "./results.ts";
import type { DifferenceTest } from "./verdict_types.ts";

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
  /** Other metrics whose result differs, and which also vary between repeats that are otherwise identical. */
  readonly volatile: readonly string[];
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
  const isOther = (key: string) => !isSameResult(a, b, key, options);
  return {
    keys,
    differing: keys.filter(isOther),
    volatile: [...volatile].filter(isOther).sort(),
  };
}

/**
 * Metrics that vary between repeats whose other results agree to the last bit. A timing is new in most of them; a
 * result that has one value in some repeats and another one in the others was changed by something.
 */
function volatileAmong(
  keys: readonly string[],
  repeats: readonly (readonly RunFacts[])[],
  options: ResultOptions,
): Set<string> {
  const groups = repeats.filter(({ length }) => length > 1);
  const isVolatile = (key: string, runs: readonly RunFacts[]) =>
    countValues(runs, key, options) >= LEAST_SHARE_OF_VALUES * runs.length;
  const isProof = (runs: readonly RunFacts[]) =>
    keys.some((key) =>
      countValues(runs, key, options) === 1 &&
      runs.every(({ metrics }) => isFine(metrics.get(key)?.last))
    );
  if (groups.length === 0 || !groups.every(isProof)) return new Set();
  return new Set(
    keys.filter((key) => groups.every((runs) => isVolatile(key, runs))),
  );
}

/** So many repeats have a value of their own in a timing. */
const LEAST_SHARE_OF_VALUES = 0.75;

/**
 * Counts the different results of runs, in order of size: within a tolerance, two that agree with a third may not agree.
 *
 * @param runs The runs.
 * @param key The metric.
 * @param options Which value, and the tolerances.
 * @returns the number. It does not follow from the order of the runs.
 */
export function countValues(
  runs: readonly RunFacts[],
  key: string,
  options: ResultOptions,
): number {
  const size = (run: RunFacts) => valueOf(run, key, options) ?? -Infinity;
  const sorted = runs.toSorted((one, other) =>
    Number(isNotFinite(one, key)) - Number(isNotFinite(other, key)) ||
    compareNumbers(size(one), size(other))
  );
  let [count, first]: [number, RunFacts | undefined] = [0, undefined];
  for (const run of sorted) {
    if (first !== undefined && isSameResult(first, run, key, options)) continue;
    [count, first] = [count + 1, run];
  }
  return count;
}

function compareNumbers(one: number, other: number): number {
  return one === other ? 0 : one < other ? -1 : 1;
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
 * @param testOf Judges the difference in a metric by the repeats, if there are enough.
 * @returns the metric; `undefined` if the runs have none in common.
 */
export function chooseMetric(
  a: RunFacts,
  b: RunFacts,
  eligible: Pick<Eligible, "keys" | "differing"> & {
    /** Those whose points differ, though the result does not. */
    readonly onTheWay: readonly string[];
    /** The number of metrics that vary at all: only among them is a choice. */
    readonly among: number;
  },
  named: string | undefined,
  testOf: (key: string) => DifferenceTest | undefined,
): ChosenMetric | undefined {
  if (named !== undefined) return { key: named, chosenBy: "name", among: 1 };
  const stated = configValue(a.factors, "experiment.metric");
  if (
    typeof stated === "string" && a.metrics.has(stated) &&
    b.metrics.has(stated) &&
    configValue(b.factors, "experiment.metric") === stated
  ) return { key: stated, chosenBy: "experiment", among: 1 };
  const { keys, differing, onTheWay, among } = eligible;
  const key = decisive(differing, testOf) ?? preferred(differing) ??
    preferred(onTheWay) ?? preferred(keys);
  return key === undefined
    ? undefined
    : { key, chosenBy: "difference", among: Math.max(1, among) };
}

/** A metric that lies outside of its repeats; otherwise one of which they show how much it varies. */
function decisive(
  keys: readonly string[],
  testOf: (key: string) => DifferenceTest | undefined,
): string | undefined {
  const tests = new Map(keys.map((key) => [key, testOf(key)]));
  const beyond = keys.filter((key) => tests.get(key)?.isBeyondNoise);
  const least = Math.min(...beyond.map((key) => tests.get(key)?.p ?? 1));
  return preferred(beyond.filter((key) => tests.get(key)?.p === least)) ??
    preferred(keys.filter((key) => tests.get(key)?.interval !== undefined));
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
