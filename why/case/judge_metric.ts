/**
 * Judges the difference of two runs in a metric by their repeats.
 *
 * @module
 */
import { isFine } from "../choose_metric.ts";
import type { RunFacts } from "../facts.ts";
import type { Frame } from "../frame.ts";
import {
  judge,
  type Judgement,
  judgePair,
  type NoiseOptions,
} from "../noise.ts";
import { type Sample, samplesOf } from "../replicates.ts";
import { isNotFinite, isSameResult, type ResultOptions } from "../results.ts";
import { judgeFinite } from "./judge_finite.ts";
import type { RepeatGroups } from "./repeat_groups.ts";

/** By what differences are judged. */
export interface JudgeContext {
  /** The runs. */
  readonly frame: Frame;
  /** The repeats of the two runs. */
  readonly groups: RepeatGroups;
  /** The metrics that are results. */
  readonly keys: readonly string[];
  /** How results are compared. */
  readonly results: ResultOptions;
  /** The level of the tests. */
  readonly alpha: number;
}

/**
 * Judges the difference in a metric.
 *
 * @param context By what it is judged.
 * @param key The metric.
 * @param among The number of metrics among which it was chosen.
 * @returns the judgement; `undefined` if there are too few repeats.
 */
export function judgeMetric(
  context: JudgeContext,
  key: string,
  among: number,
): Judgement | undefined {
  const { frame, groups: { ofA, ofB }, results } = context;
  const noise = noiseOptions(context, key, among);
  const [a, b] = [ofA[0], ofB[0]];
  if (a === undefined || b === undefined) return undefined;
  if (isNotFinite(a, key) !== isNotFinite(b, key)) {
    return judgeFinite(frame, [ofA, ofB], key, noise);
  }
  const [x = [], y = []] = [ofA, ofB].map((runs) =>
    samplesOf(frame, runs, key, results)
  );
  return judgeSamples(context, [x, y], noise);
}

/**
 * Says how differences in a metric are judged.
 *
 * @param context By what they are judged.
 * @param key The metric.
 * @param among The number of metrics among which it was chosen.
 * @returns the options.
 */
export function noiseOptions(
  { frame, groups: { ofA, ofB }, keys, results, alpha }: JudgeContext,
  key: string,
  among: number,
): NoiseOptions {
  return {
    alpha,
    among,
    isDeterministic: (samples) =>
      isDeterministic(samples, [...keys, key], results),
    isComplete: (seed) =>
      [...ofA, ...ofB].every((run) =>
        // A run that does not have the metric says nothing of it.
        (seed !== undefined && frame.seedOf(run) !== seed) ||
        !isNotFinite(run, key)
      ),
  };
}

function judgeSamples(
  { groups: { ofA, ofB, isSameSetting } }: JudgeContext,
  [first, second]: readonly [readonly Sample[], readonly Sample[]],
  noise: NoiseOptions,
): Judgement | undefined {
  const [x, y] = [first[0], second[0]];
  // The groups are about the two runs: without their values there is nothing to judge.
  if (x === undefined || y === undefined) return undefined;
  if (x.run !== ofA[0] || y.run !== ofB[0]) return undefined;
  return isSameSetting
    ? judgePair(x, y, first.slice(1), noise)
    : judge(first, second, noise);
}

/** Repeats that agree in one metric by chance differ in others. */
function isDeterministic(
  samples: readonly Sample[],
  keys: readonly string[],
  results: ResultOptions,
): boolean {
  const [first] = samples;
  if (first === undefined) return false;
  const runs = samples.map(({ run }) => run);
  const isOneSeed = samples.every(({ seed }) => seed === first.seed);
  return agreeIn(runs, keys, results) && (isOneSeed || areFine(runs, keys));
}

/** Whether any two of the runs agree: within a tolerance, two that agree with a third may not. */
function agreeIn(
  runs: readonly RunFacts[],
  keys: readonly string[],
  results: ResultOptions,
): boolean {
  return runs.every((one, index) =>
    runs.slice(index + 1).every((other) =>
      keys.every((key) => isSameResult(one, other, key, results))
    )
  );
}

/** Whether each run has a result of so many digits that runs do not share it by chance. */
function areFine(
  runs: readonly RunFacts[],
  keys: readonly string[],
): boolean {
  return runs.every(({ metrics }) =>
    keys.some((key) => isFine(metrics.get(key)?.lastFinite))
  );
}

/**
 * Tells whether two runs agree in all results, and not by chance.
 *
 * @param runs The two runs.
 * @param keys The metrics that are results.
 * @param results How results are compared.
 * @returns true if they do.
 */
export function isSameRun(
  runs: readonly [RunFacts, RunFacts],
  keys: readonly string[],
  results: ResultOptions,
): boolean {
  return agreeIn(runs, keys, results) && areFine(runs, keys);
}
