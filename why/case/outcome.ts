/**
 * What a comparison came to.
 *
 * @module
 */
import type { Case } from "./case.ts";
import type { FactorDifference } from "../frame.ts";
import { gapsIn } from "../pair_coverage.ts";
import { type Findings, jointSuspects } from "../suspects.ts";
import type { Outcome } from "../verdict_types.ts";
import { isRepeat } from "./repeat_groups.ts";

/** A comparison of which it is not yet known what it came to. */
export type Draft = Omit<Case, "outcome" | "findings" | "isCaused">;

/**
 * Says what a comparison came to.
 *
 * @param draft The comparison.
 * @param isEqual Whether the results are equal, in everything that counts.
 * @returns the outcome.
 */
export function outcomeOf(draft: Draft, isEqual: boolean): Outcome {
  const { progress, metric, judgement, pair } = draft;
  if (progress.stopped.length > 0) return "stopped-early";
  if (metric === undefined) return "unknown";
  if (isEqual) return "identical";
  // Beyond the noise of seeds, the seed alone explains nothing.
  const isBeyondSeeds = judgement?.test.isBeyondNoise === true;
  const isExplained = pair.differing.length > 0 ||
    (isSeedAlone(pair) && !isBeyondSeeds);
  const differs = isExplained ? "explained" : "unexplained";
  if (judgement === undefined || judgement.test.isBeyondNoise) return differs;
  if (isWithinNoise(draft)) return "within-noise";
  // Chance or the seed is what is left if no other factor differs.
  return pair.differing.length > 0 ? "unknown" : differs;
}

/**
 * Tells whether the seed is the only factor that differs, as far as is known.
 *
 * @param pair How the two runs differ.
 * @returns true if it is.
 */
export function isSeedAlone(pair: FactorDifference): boolean {
  return isRepeat(pair) && pair.seeds.length > 0;
}

/** Fewer runs do not show what chance does. */
const LEAST_RUNS = 4;

function isWithinNoise(
  { pair, judgement, practicalDifference }: Draft,
): boolean {
  const test = judgement?.test;
  if (pair.quality !== "full" || test?.detectable === undefined) return false;
  return Math.max(test.nA, test.nB) >= LEAST_RUNS &&
    (practicalDifference === undefined ||
      test.detectable <= practicalDifference);
}

/**
 * Tells whether the first suspect is shown to be the cause: by an intervention, beyond known noise, with a complete
 * record of every run used.
 *
 * @param draft The comparison.
 * @param outcome What it came to.
 * @param findings The suspects.
 * @returns true if it is.
 */
export function isCaused(
  draft: Draft,
  outcome: Outcome,
  findings: Findings,
): boolean {
  const { pair, coverage, judgement } = draft;
  return outcome === "explained" && pair.quality === "full" &&
    gapsIn(coverage).length === 0 && judgement?.test.isBeyondNoise === true &&
    isShown(draft, findings);
}

/** Whether runs show that at least half of the difference goes with the named suspects. */
function isShown(
  { pair, metric }: Draft,
  findings: Findings,
): boolean {
  const named = findings.joint === undefined
    ? findings.suspects.slice(0, 1)
    : jointSuspects(findings);
  const areTested = named.every(({ evidence, kind, p }) =>
    evidence === "intervention" && kind !== "seed" &&
    (p !== undefined || pair.differing.length === 1)
  );
  const half = metric?.notFinite
    ? 0.5
    : Math.abs(metric?.difference ?? NaN) / 2;
  const sum = named.reduce((sum, { effect }) => sum + (effect ?? NaN), 0);
  // If a part of the difference is caused, what made the rest is open.
  return named.length > 0 && areTested && Math.abs(sum) >= half;
}
