import type { Case } from "../case/case.ts";
import { factorName, number, pText, signed } from "../words.ts";
import { listed } from "./names.ts";
import { repeatsText, unusual } from "./noise_text.ts";
import { sameText } from "./same_text.ts";

/**
 * Writes the answer about a difference that repeats show as well.
 *
 * @param known The comparison.
 * @returns its sentences; some may be empty.
 */
export function withinNoise(known: Case): string[] {
  const { metric, pair } = known;
  const test = metric?.test;
  if (metric === undefined || test === undefined) return [];
  const changed = pair.differing.map(factorName);
  return [
    `The difference in ${metric.key} (${
      signed(metric.difference)
    }) is within the noise of ${repeatsText(test)} (${
      pText(test.p)
    }); a difference of ${
      number(test.detectable ?? NaN)
    } would have been found with 80% power.`,
    changed.length === 0
      ? sameText(known)
      : `That ${listed(changed)} changed ${metric.key} is not shown.`,
    unusual(known),
  ];
}
