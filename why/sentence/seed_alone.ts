import type { Case } from "../case/case.ts";
import { gapsIn } from "../pair_coverage.ts";
import { join } from "../words.ts";
import { metricChange } from "./change_text.ts";
import { fewRepeats, noiseSentence, unusual } from "./noise_text.ts";
import { seedChange } from "./seed_text.ts";
import { wayText } from "./way_text.ts";

/**
 * Writes the answer about runs that differ in the seed alone.
 *
 * @param known The comparison.
 * @returns its sentences; some may be empty.
 */
export function bySeedAlone(known: Case): string[] {
  const { coverage, judgement } = known;
  const only = gapsIn(coverage).length === 0
    ? `Only ${seedChange(known)}`
    : `Of what was recorded, only ${seedChange(known)}`;
  const open = openParts(known).map((part) => `; ${part}`).join("");
  if (known.isWay) return [`${wayText(known)}.`, `${only}${open}.`];
  return [
    `${only}: ${metricChange(known)}${open}.`,
    judgement === undefined ? "" : noiseSentence(judgement.test),
    unusual(known),
  ];
}

function openParts(known: Case): string[] {
  const { coverage, judgement, isWay } = known;
  const gaps = gapsIn(coverage);
  return [
    ...(gaps.length === 0 ? [] : [join(gaps)]),
    ...(judgement !== undefined || isWay
      ? []
      : [`there are ${fewRepeats(known)} to show how much the seed does`]),
  ];
}
