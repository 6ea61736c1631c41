/** Groups of runs in one line. */
import { short } from "../internal/text.ts";
import { groupNames } from "../why/group_names.ts";
import type { EvidenceGroup } from "../why/mod.ts";

/**
 * Writes groups of runs, each in one phrase.
 *
 * @param groups The groups.
 * @returns the phrases, not escaped, e.g. `lr=0.1 n=4 0.91 +- 0.02`.
 */
export function evidenceText(groups: readonly EvidenceGroup[]): string[] {
  const names = groupNames(groups);
  return groups.map(({ runs, mean, deviation }, at) => {
    const spread = deviation === undefined ? "" : ` +- ${short(deviation)}`;
    return `${names[at]} n=${runs.length} ${short(mean)}${spread}`;
  });
}
