/** How strongly a suspect is associated with the result, over all runs of the project. */
import type { Run } from "../tracker/mod.ts";
import { lastOf } from "./evidence.ts";

/** A smaller group is no evidence. */
const LEAST_RUNS = 2;

/**
 * Computes Welch's t between two groups of runs: those in which a suspect was as in the first run, and
 * those in which it was as in the second (Welch, Biometrika 34, 1947).
 *
 * @param runs The runs of the project.
 * @param metric The metric.
 * @param labelOf Returns what the suspect was in a run.
 * @param a The label in the first run.
 * @param b The label in the second run.
 * @returns the absolute value of t; `undefined` if a group has fewer than two runs.
 */
export async function association(
  runs: readonly Run[],
  metric: string,
  labelOf: (run: Run) => string | undefined,
  a: string | undefined,
  b: string | undefined,
): Promise<number | undefined> {
  const [left, right]: [number[], number[]] = [[], []];
  for (const run of runs) {
    const label = labelOf(run);
    const value = label === a || label === b
      ? await lastOf(run, metric)
      : undefined;
    if (value !== undefined) (label === a ? left : right).push(value);
  }
  if (left.length < LEAST_RUNS || right.length < LEAST_RUNS) return undefined;
  const [x, y] = [moments(left), moments(right)];
  const error = Math.sqrt(x.variance / left.length + y.variance / right.length);
  const size = Math.abs(x.mean - y.mean);
  return error === 0 ? (size === 0 ? 0 : Infinity) : size / error;
}

function moments(
  values: readonly number[],
): { mean: number; variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, variance: squares / (values.length - 1) };
}
