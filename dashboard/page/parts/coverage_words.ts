/** What is known of the parts of a record, in words. */

/** The dimensions of a record, in the order in which they are shown. */
export const DIMENSIONS = ["config", "code", "inputs", "environment"] as const;

/** How completely a dimension was recorded. */
export type Level = "full" | "partial" | "none";

/** The coverage of a dimension in two or more runs. */
export interface ShownCoverage {
  readonly dimension: typeof DIMENSIONS[number];
  /** The level in each run. */
  readonly levels: readonly Level[];
  /** What is missing, one phrase each. */
  readonly missing: readonly string[];
  /** What is said if no difference is known, besides the levels. */
  readonly isDifferent: boolean;
}

/** Says what is known of a dimension in which no difference was found. Only two full records can be the same. */
export function stateWords(
  { levels, isDifferent }: Pick<ShownCoverage, "levels" | "isDifferent">,
): string {
  if (isDifferent) return "differs";
  if (levels.includes("none")) return "unknown";
  return levels.every((level) => level === "full")
    ? "the same"
    : "the same as far as recorded";
}
