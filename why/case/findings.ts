/**
 * Finds the suspects of a comparison.
 *
 * @module
 */
import { associationsOf } from "../associations.ts";
import type { RunFacts } from "../facts.ts";
import { buildCube, type Cube, type Step, stepsOf } from "../interventions.ts";
import type { NoiseOptions } from "../noise.ts";
import { factorOf, type Findings, findSuspects } from "../suspects.ts";
import type { Outcome, Progress } from "../verdict_types.ts";
import { isSameRun } from "./judge_metric.ts";
import { type Draft, isSeedAlone } from "./outcome.ts";
import { type RunResults, runResults } from "./run_results.ts";

/**
 * Finds what may have changed the result.
 *
 * @param draft The comparison.
 * @param outcome What it came to.
 * @param noise How differences in its metric are judged.
 * @returns the suspects; none if there is nothing to explain.
 */
export function findingsOf(
  draft: Draft,
  outcome: Outcome,
  noise: NoiseOptions,
): Findings {
  const nothing = { suspects: [], cleared: [] };
  if (outcome === "identical" || outcome === "within-noise") return nothing;
  if (draft.pair.differing.length > 0) {
    return amongFactors(draft, runResults(draft, outcome), noise);
  }
  return isSeedAlone(draft.pair) && outcome !== "unexplained"
    ? { ...nothing, suspects: seedSuspects(draft) }
    : nothing;
}

function amongFactors(
  draft: Draft,
  all: RunResults | undefined,
  noise: NoiseOptions,
): Findings {
  const { a, b, frame, pair, alpha } = draft;
  const cube = cubeOf(draft, all);
  const difference = differenceOf(draft, all);
  const findings = findSuspects({
    a,
    b,
    moved: pair.moved,
    factors: pair.differing,
    cube,
    steps: all === undefined ? [] : stepsIn(draft, all, cube, noise),
    difference,
    associate: (factors) =>
      all?.isMetric ? associationsOf(frame, factors, a, b, all.samples) : [],
    alpha,
    isAlone: pair.unknown.length === 0 && pair.quality !== "none",
    isAboutLength: isAboutLength(draft.progress),
    isSeedOpen: isSeedOpen(draft, all),
  });
  return { ...findings, hasRunsBetween: cube.vertices.length > 2 };
}

function cubeOf(draft: Draft, all: RunResults | undefined): Cube {
  const { a, b, frame, pair, samples } = draft;
  // A run that failed alone among its repeats did not fail because of its setting.
  const ofSetting = (run: RunFacts, other: RunFacts) => [
    ...all?.samples.filter((one) => one.run === run) ?? [],
    ...all?.samples.filter((one) =>
      one.run !== run && one.run !== other &&
      frame.isSameSetting(run, one.run)
    ) ?? [],
  ];
  return buildCube(
    frame,
    pair.differing,
    all?.isMetric ? samples.a : ofSetting(a, b),
    all?.isMetric ? samples.b : ofSetting(b, a),
    all?.samples.filter(({ run }) => run !== a && run !== b) ?? [],
  );
}

function stepsIn(
  draft: Draft,
  all: RunResults,
  cube: Cube,
  noise: NoiseOptions,
): Step[] {
  const { judgement, keys, results, practicalDifference } = draft;
  return stepsOf(cube, {
    ...noise,
    among: 1,
    difference: differenceOf(draft, all),
    practicalDifference,
    isNoiseKnown: all.isMetric && judgement !== undefined,
    isExact: all.isMetric && judgement?.test.kind === "identical" &&
      judgement.test.noise === "same-seed" && judgement.test.isBeyondNoise,
    isSeedOpen: isSeedOpen(draft, all),
    isSameRun: (one, other) => isSameRun([one, other], keys, results),
  });
}

/** The difference that is to be explained; 1 or -1 if one run failed or is not finite, and the other is not. */
function differenceOf(
  { a, b, judgement, metric }: Draft,
  all: RunResults | undefined,
): number {
  if (all === undefined) return 1;
  if (!all.isMetric) {
    const [before, after] = [a, b].map((run) =>
      all.samples.find((one) => one.run === run)?.value ?? 0
    );
    return after! - before!;
  }
  return judgement?.estimate?.difference ?? metric?.difference ?? 0;
}

/** Whether the seeds of the runs differ, and nothing shows how much that does to the metric. */
function isSeedOpen(
  { pair, judgement, metric }: Draft,
  all: RunResults | undefined,
): boolean {
  return all?.isMetric !== false && pair.seeds.length > 0 &&
    judgement === undefined &&
    metric !== undefined && Number.isFinite(metric.difference);
}

function isAboutLength({ common, stopped }: Progress): boolean {
  return stopped.length === 0 && common !== undefined &&
    common.isEqual !== false;
}

function seedSuspects(draft: Draft): Findings["suspects"] {
  const { pair, a, b } = draft;
  return pair.seeds.map((id) => ({
    ...factorOf({ a, b, moved: pair.moved }, id),
    kind: "seed",
    evidence: "intervention",
    ...(pair.seeds.length > 1 && { group: pair.seeds }),
    runs: [a.id, b.id],
  }));
}
