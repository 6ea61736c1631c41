/**
 * The answer in words.
 *
 * @module
 */
import type { Case } from "../case/case.ts";
import { explained } from "./explained.ts";
import { identical } from "./identical.ts";
import { stoppedEarly } from "./stopped_early.ts";
import { undecided } from "./undecided.ts";
import { unexplained } from "./unexplained.ts";
import { withinNoise } from "./within_noise.ts";

/**
 * Writes the answer. What is named as the cause comes first.
 *
 * @param known The comparison.
 * @returns one to three sentences, not escaped.
 */
export function sentenceOf(known: Case): string {
  return sentencesOf(known).filter((one) => one !== "").join(" ");
}

function sentencesOf(known: Case): string[] {
  switch (known.outcome) {
    case "identical":
      return identical(known);
    case "within-noise":
      return withinNoise(known);
    case "stopped-early":
      return stoppedEarly(known);
    case "explained":
      return explained(known);
    case "unexplained":
      return unexplained(known);
    default:
      return undecided(known);
  }
}
