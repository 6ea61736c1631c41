/** What the other runs of a project say about a suspect. */
import type { Run } from "../tracker/mod.ts";
import { valueText } from "../internal/value_text.ts";
import { configLeaves } from "./config_differences.ts";

/** Runs that have something in common, with a metric over them. */
export interface Group {
  /** What they have in common, in words. */
  readonly what: string;
  /** The number of runs. */
  readonly count: number;
  /** The mean of the last values of the metric. */
  readonly mean: number;
  /** Sample standard deviation; `undefined` for fewer than two runs. */
  readonly deviation: number | undefined;
}

/** How much replicates differ by chance. */
export interface Noise {
  /** The number of runs that have a replicate: a run with the same code and, but for the seed, the same config. */
  readonly replicates: number;
  /** Their pooled standard deviation. */
  readonly deviation: number;
}

/** Writes what makes two runs the same experiment: config and code. */
export function recipeOf(run: Run): string {
  const code = run.fingerprints
    .filter(({ type }) => type === "static")
    // The graph if there is one: code that is not traced may differ, too.
    .map(({ traceId, hash, uses, deep }) => [
      traceId,
      deep?.graph ?? deep?.hash ?? hash,
      uses ?? {},
    ]);
  return JSON.stringify([leafTexts(run), code.sort()]);
}

/** The same without the seed, in which replicates differ on purpose. */
function recipeWithoutSeed(run: Run): string {
  const leaves = leafTexts(run).filter(([path]) => !/(^|\.)seed$/i.test(path));
  return JSON.stringify([leaves, JSON.parse(recipeOf(run))[1]]);
}

/** Not JSON: here values of two types never look alike, and every value has a text. */
function leafTexts(run: Run): [path: string, text: string][] {
  return [...configLeaves(run.config)]
    .map(([path, value]): [string, string] => [path, valueText(value)])
    .sort(([a], [b]) => a < b ? -1 : 1);
}

/**
 * Tells whether a run was repeated: another run has the same code and, except for the seed, the same config.
 *
 * @param run The run.
 * @param runs The runs of the project.
 * @returns true if there is such a run.
 */
export function isReplicated(run: Run, runs: readonly Run[]): boolean {
  const recipe = recipeWithoutSeed(run);
  return runs.some((other) =>
    other.id !== run.id && recipeWithoutSeed(other) === recipe
  );
}

/** Returns the last value of a metric if it is finite. */
export async function lastOf(
  run: Run,
  metric: string,
): Promise<number | undefined> {
  const last = (await run.metrics.summary(metric))?.last;
  return typeof last === "number" && Number.isFinite(last) ? last : undefined;
}

/**
 * Measures the noise: the spread of a metric over runs that differ in nothing or only in the seed.
 *
 * @param runs The runs of the project.
 * @param metric The metric.
 * @returns the pooled deviation; `undefined` if no run was repeated.
 */
export async function measureNoise(
  runs: readonly Run[],
  metric: string,
): Promise<Noise | undefined> {
  const groups = new Map<string, number[]>();
  for (const run of runs) {
    const value = await lastOf(run, metric);
    if (value === undefined) continue;
    const recipe = recipeWithoutSeed(run);
    groups.set(recipe, [...groups.get(recipe) ?? [], value]);
  }
  let squares = 0, freedom = 0, replicates = 0;
  for (const values of groups.values()) {
    if (values.length < 2) continue;
    const mean = average(values);
    squares += values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    freedom += values.length - 1;
    replicates += values.length;
  }
  return freedom === 0
    ? undefined
    : { replicates, deviation: Math.sqrt(squares / freedom) };
}

/**
 * Groups the runs of a project by what a suspect was in them.
 *
 * @param runs The runs.
 * @param metric The metric.
 * @param labelOf Returns what the suspect was in a run; `undefined` leaves the run out.
 * @returns the groups, the largest first.
 */
export async function groupBy(
  runs: readonly Run[],
  metric: string,
  labelOf: (run: Run) => string | undefined,
): Promise<Group[]> {
  const groups = new Map<string, number[]>();
  for (const run of runs) {
    const label = labelOf(run);
    const value = label === undefined ? undefined : await lastOf(run, metric);
    if (label === undefined || value === undefined) continue;
    groups.set(label, [...groups.get(label) ?? [], value]);
  }
  return [...groups].map(([what, values]) => ({
    what,
    count: values.length,
    mean: average(values),
    deviation: deviation(values),
  })).sort((a, b) => b.count - a.count);
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function deviation(values: readonly number[]): number | undefined {
  if (values.length < 2) return undefined;
  const mean = average(values);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}
