import { MOST_FACTORS } from "../associations.ts";
import type { RunFacts } from "../facts.ts";
import { isResource } from "../metric_kinds.ts";
import { missingIn } from "../pair_coverage.ts";
import type { Case } from "./case.ts";

/**
 * Lists what is not known of a comparison.
 *
 * @param known The comparison.
 * @param named The metric that the caller named.
 * @returns one phrase each, with the id of a factor or the name of a dimension first.
 */
export function unknownParts(known: Case, named?: string): string[] {
  const { a, b, pair, coverage } = known;
  return [
    ...missingMetrics(known, named),
    ...missingIn(coverage),
    ...(pair.differing.length > MOST_FACTORS
      ? [
        `whether the result goes with one of the ${pair.differing.length} factors in other runs: this is looked up for at most ${MOST_FACTORS}`,
      ]
      : []),
    ...pair.unknown.map((id) =>
      `${id}: not known in run ${a.factors.has(id) ? b.id : a.id}`
    ),
  ];
}

/** The named metric if a run lacks it; otherwise results that one run has and the other has not. */
function missingMetrics({ a, b }: Case, named?: string): string[] {
  if (named === undefined) return [...lacking(a, b), ...lacking(b, a)];
  return [a, b].filter(({ metrics }) => !metrics.has(named))
    .map(({ id }) => `metric ${named}: run ${id} does not have it`);
}

function lacking(has: RunFacts, other: RunFacts): string[] {
  return [...has.metrics.keys()]
    .filter((key) => !other.metrics.has(key) && !isResource(key)).sort()
    .map((key) => `metric ${key}: run ${other.id} does not have it`);
}
