import type { RunFacts } from "../facts.ts";
import { isOutlier } from "../noise.ts";
import { type Sample, samplesOf } from "../replicates.ts";
import { isNotFinite } from "../results.ts";
import { momentsOf } from "../stats/moments.ts";
import type { Repeats } from "../verdict_types.ts";
import type { JudgeContext } from "./judge_metric.ts";

/**
 * Describes the repeats of a run.
 *
 * @param context By what they are judged.
 * @param runs The repeats, the run first.
 * @param key The metric, if there is one.
 * @returns their number, their seeds and their results.
 */
export function describeRepeats(
  { frame, results, alpha }: JudgeContext,
  runs: readonly RunFacts[],
  key: string | undefined,
): Repeats {
  const [first] = runs;
  const isFull = first && frame.qualityOf(first, first) === "full";
  const samples = key === undefined ? [] : samplesOf(frame, runs, key, results);
  return {
    runs: runs.map(({ id }) => id),
    seeds: new Set(runs.map((run) => frame.seedOf(run))).size,
    quality: isFull ? "full" : "recorded",
    ...spreadOf(samples),
    notFinite: key === undefined
      ? 0
      : runs.filter((run) => isNotFinite(run, key)).length,
    ...(isUnusual(first, samples, alpha) && { isUnusual: true }),
  };
}

function spreadOf(
  samples: readonly Sample[],
): Pick<Repeats, "mean" | "deviation" | "isIdentical"> {
  const { mean, deviation, n } = momentsOf(samples.map(({ value }) => value));
  return {
    ...(n > 0 && { mean }),
    ...(n > 1 && {
      deviation,
      isIdentical: deviation === 0,
    }),
  };
}

function isUnusual(
  run: RunFacts | undefined,
  [own, ...others]: readonly Sample[],
  alpha: number,
): boolean {
  return own !== undefined && own.run === run &&
    isOutlier(own.value, others.map(({ value }) => value), alpha);
}
