import type { RunFacts } from "../facts.ts";
import type { Frame } from "../frame.ts";
import { type Sample, samplesOf } from "../replicates.ts";
import { isNotFinite } from "../results.ts";
import type { Outcome } from "../verdict_types.ts";
import type { Draft } from "./outcome.ts";

/** What the runs of the history came to. */
export interface RunResults {
  /** A value for each run that has one. */
  readonly samples: readonly Sample[];
  /** Whether the values are those of the metric; otherwise 1 for a run that failed or diverged, and 0. */
  readonly isMetric: boolean;
}

/**
 * Reads what the runs of the history came to: the metric, or whether a run failed or diverged.
 *
 * @param draft The comparison.
 * @param outcome What it came to.
 * @returns the results; `undefined` if the two runs cannot be compared by them.
 */
export function runResults(
  draft: Draft,
  outcome: Outcome,
): RunResults | undefined {
  if (outcome === "stopped-early") return failures(draft);
  const { frame, metric, results, isWay } = draft;
  if (metric === undefined || isWay) return undefined;
  const { key, notFinite, difference } = metric;
  const runs = frame.runs.filter(isDone);
  if (notFinite?.a !== notFinite?.b) {
    const own = runs.filter(({ metrics }) => metrics.has(key));
    return hitsIn(frame, own, (run) => isNotFinite(run, key));
  }
  if (!Number.isFinite(difference)) return undefined;
  return { samples: samplesOf(frame, runs, key, results), isMetric: true };
}

function failures(
  { frame, progress, a, b }: Draft,
): RunResults | undefined {
  const runs = frame.runs.filter((run) => isDone(run) || hasFailed(run));
  const isOne = progress.stopped.length === 1 && runs.includes(a) &&
    runs.includes(b);
  return isOne ? hitsIn(frame, runs, hasFailed) : undefined;
}

function hitsIn(
  frame: Frame,
  runs: readonly RunFacts[],
  isHit: (run: RunFacts) => boolean,
): RunResults {
  const samples = runs.map((run) => ({
    run,
    value: Number(isHit(run)),
    seed: frame.seedOf(run),
  }));
  return { samples, isMetric: false };
}

function hasFailed({ status }: RunFacts): boolean {
  return status === "failed" || status === "crashed";
}

function isDone({ status }: RunFacts): boolean {
  return status === "completed";
}
