/** How completely runs were recorded, in one line. */
import {
  type Coverage,
  type Dimension,
  DIMENSIONS,
} from "../internal/run_factors.ts";

const WORDS = { full: "all", partial: "in part", none: "none" } as const;

/** The coverage of a dimension; of two runs, the level of each. */
export interface ShownCoverage extends Coverage {
  /** The level in the first of two runs. */
  readonly a?: Coverage["level"];
  /** The level in the second of two runs. */
  readonly b?: Coverage["level"];
}

/**
 * Writes the coverage of a run, or of two.
 *
 * @param coverage The coverage of each dimension.
 * @param modules The number of local modules that were recorded.
 * @returns e.g. `config all, code in part (2 modules), inputs none, env all`.
 */
export function coverageText(
  coverage: Readonly<Record<Dimension, ShownCoverage>>,
  modules: number,
): string {
  return DIMENSIONS.map((dimension) => {
    const { level, a = level, b = level } = coverage[dimension];
    const name = dimension === "environment" ? "env" : dimension;
    const sides = a === b ? WORDS[a] : `${WORDS[a]} / ${WORDS[b]}`;
    const more = dimension === "code" && level !== "none"
      ? ` (${modules} module${modules === 1 ? "" : "s"})`
      : "";
    return `${name} ${sides}${more}`;
  }).join(", ");
}
