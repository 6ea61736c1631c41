/**
 * Repeats and noise in words.
 *
 * @module
 */
import type { Case } from "../case/case.ts";
import type { DifferenceTest } from "../verdict_types.ts";
import { counted, pText } from "../words.ts";

/**
 * Names what the noise was taken from, the compared runs included.
 *
 * @param test How the difference was judged.
 * @returns `5 runs`, `4 seeds`, `3 and 4 runs`.
 */
export function repeatsText({ kind, noise, nA, nB }: DifferenceTest): string {
  const noun = noise === "seed" ? "seed" : "run";
  if (kind === "paired") return `${counted(nA, noun)} on both sides`;
  return Math.min(nA, nB) === 1
    ? counted(Math.max(nA, nB), noun)
    : `${nA} and ${counted(nB, noun)}`;
}

/**
 * Says why chance was not judged.
 *
 * @param known The comparison.
 * @returns `no repeats`, `too few repeats`.
 */
export function fewRepeats({ repeats, isWay }: Case): string {
  const most = Math.max(repeats.a.runs.length, repeats.b.runs.length);
  if (isWay && most > 1) return "repeats are compared at the end only";
  return most === 1 ? "no repeats" : "too few repeats";
}

/**
 * Names a run that lies outside of its own repeats.
 *
 * @param known The comparison.
 * @returns a sentence for each; empty if there is none.
 */
export function unusual({ repeats, a, b }: Case): string {
  const odd = [[a, repeats.a], [b, repeats.b]] as const;
  return odd.filter(([, { isUnusual }]) => isUnusual).map(([run, { runs }]) =>
    `Run ${run.id} was an unusual run among its ${runs.length} repeats.`
  ).join(" ");
}

/**
 * Says that a difference is beyond the noise, as a part of a sentence.
 *
 * @param known The comparison.
 * @returns `beyond the noise of 5 runs (p = 0.001)`; empty if it was not judged.
 */
export function beyond({ metric }: Case): string {
  const test = metric?.test;
  if (test === undefined) return "";
  return test.kind === "identical"
    ? `repeats are identical (${repeatsText(test)})`
    : `beyond the noise of ${inNoise(test)}`;
}

/**
 * Says that a difference is beyond the noise, or is not.
 *
 * @param test How the difference was judged.
 * @returns a sentence.
 */
export function noiseSentence(test: DifferenceTest): string {
  if (!test.isBeyondNoise) {
    return `The difference is not beyond the noise of ${inNoise(test)}.`;
  }
  return test.kind === "identical"
    ? `Repeats are identical (${repeatsText(test)}).`
    : `The difference is beyond the noise of ${inNoise(test)}.`;
}

function inNoise(test: DifferenceTest): string {
  return `${repeatsText(test)} (${pText(test.p)})`;
}
