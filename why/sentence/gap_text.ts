/**
 * What the record leaves open, in words.
 *
 * @module
 */
import type { Case } from "../case/case.ts";
import { gapsIn } from "../pair_coverage.ts";
import { factorName, join } from "../words.ts";

/**
 * Says what was not recorded.
 *
 * @param known The comparison.
 * @returns the end of a sentence: `; inputs were not recorded`; empty if everything was recorded.
 */
export function gapText({ coverage }: Case): string {
  const gaps = gapsIn(coverage);
  return gaps.length === 0 ? "" : `; ${join(gaps)}`;
}

/**
 * Lists what was not recorded.
 *
 * @param known The comparison.
 * @returns a phrase for each dimension that has gaps; otherwise for each factor that one run alone knows.
 */
export function gapsOrUnknown({ coverage, pair }: Case): string[] {
  const gaps = gapsIn(coverage);
  return gaps.length > 0
    ? gaps
    : pair.unknown.map((id) => `${factorName(id)} is known in one run only`);
}

/**
 * Tells whether factors are unknown, or the records cannot be compared.
 *
 * @param known The comparison.
 * @returns true if nothing can be said to be the same.
 */
export function isUnknown({ pair }: Case): boolean {
  return pair.unknown.length > 0 || pair.quality === "none";
}

/**
 * Tells whether factors differ that decide nothing: labels, unread leaves.
 *
 * @param known The comparison.
 * @returns true if one does.
 */
export function hasShown({ pair }: Case): boolean {
  return pair.labels.length + pair.unread.length > 0;
}

/**
 * Says that no recorded factor differs, as far as that is known.
 *
 * @param known The comparison.
 * @returns a sentence.
 */
export function nothingDiffers(known: Case): string {
  if (isUnknown(known)) {
    return `What differs is not known: ${join(gapsOrUnknown(known))}.`;
  }
  const seeds = known.pair.seeds.length > 0 ? " but the seed" : "";
  const counts = hasShown(known) ? " and counts" : "";
  return `Nothing that was recorded${counts}${seeds} differs${gapText(known)}.`;
}
