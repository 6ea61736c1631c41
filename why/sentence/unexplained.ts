import type { Case } from "../case/case.ts";
import { gapsIn } from "../pair_coverage.ts";
import { join } from "../words.ts";
import { metricChange } from "./change_text.ts";
import { gapsOrUnknown, hasShown, isUnknown } from "./gap_text.ts";
import { fewRepeats, noiseSentence, repeatsText } from "./noise_text.ts";
import { sameText } from "./same_text.ts";
import { seedName } from "./seed_text.ts";
import { wayText } from "./way_text.ts";

/**
 * Writes the answer about a difference that no recorded factor explains.
 *
 * @param known The comparison.
 * @returns its sentences; some may be empty.
 */
export function unexplained(known: Case): string[] {
  const { judgement } = known;
  return [
    known.isWay ? `${wayText(known)}.` : "",
    `${noFactor(known)}: ${whatIsLeft(known)}.`,
    judgement?.test.isBeyondNoise ? noiseSentence(judgement.test) : "",
    sameText(known),
    firstOutput(known),
  ];
}

function noFactor(known: Case): string {
  const { pair } = known;
  const seeds = pair.seeds.length === 0 ? "" : ` but ${seedName(known)}`;
  const result = known.isWay ? "" : `, yet ${metricChange(known)}`;
  if (isUnknown(known)) {
    return `No recorded factor${seeds} is known to differ${result}`;
  }
  const counts = hasShown(known) ? " that counts" : "";
  return `No recorded factor${counts}${seeds} differs${result}`;
}

/** Chance, the seed, and what was not recorded. */
function whatIsLeft(known: Case): string {
  const rest = unrecorded(known);
  const { judgement, pair } = known;
  if (judgement === undefined) {
    const few = fewRepeats(known);
    return pair.seeds.length > 0
      ? `${rest}, or the seed: ${few}`
      : `chance (${few}), or ${rest}`;
  }
  if (judgement.test.isBeyondNoise) return rest;
  const asFar = gapsIn(known.coverage).length === 0
    ? ""
    : ", as far as recorded";
  return `chance: ${
    repeatsText(judgement.test)
  } vary as much${asFar}, or ${rest}`;
}

function unrecorded(known: Case): string {
  const { judgement, pair, coverage } = known;
  if (isUnknown(known) || gapsIn(coverage).length > 0) {
    return `something that was not recorded (${join(gapsOrUnknown(known))})`;
  }
  const isRare = judgement?.test.isBeyondNoise === true &&
    pair.seeds.length > 0;
  return `${
    isRare ? "a rare seed, or " : ""
  }something that is not part of the record`;
}

/** Says where the outputs first diverge: what is not recorded acts there. */
function firstOutput({ history: { outputs } }: Case): string {
  const first = outputs?.[0];
  return first === undefined
    ? ""
    : `The outputs first diverge at ${first.traceId}, call ${
      first.call + 1
    }: randomness without a seed there, or what it reads.`;
}
