/** How completely the inputs of a run were recorded. */
import type { Coverage } from "../internal/run_factors.ts";
import type { SeenInputs } from "./types.ts";

/** What is missing if a run was not observed and logged no input. */
export const NOT_OBSERVED =
  "what the program reads was not observed; run it with ato run, or log inputs with scope.input or logInput";
/** What is missing if a run was not observed and logged inputs. */
export const ONLY_LOGGED =
  "only logged inputs were recorded; what else the program reads was not observed";

/** The most phrases of one kind. */
const MOST = 20;

/** Says how completely inputs were recorded. */
export function coverageOfInputs(
  { isObserved, gaps }: SeenInputs,
  { count, notes }: {
    /** The number of factors. */
    readonly count: number;
    /** What is not known of them. */
    readonly notes: readonly string[];
  },
): Coverage {
  if (!isObserved && count === 0 && notes.length === 0) {
    return { level: "none", missing: [NOT_OBSERVED, ...shortened(gaps)] };
  }
  const missing = [
    ...(isObserved ? [] : [ONLY_LOGGED]),
    ...shortened([...new Set(gaps)]),
    ...shortened([...new Set(notes)]),
  ];
  return { level: missing.length === 0 ? "full" : "partial", missing };
}

function shortened(phrases: readonly string[]): readonly string[] {
  if (phrases.length <= MOST) return phrases;
  return [...phrases.slice(0, MOST), `and ${phrases.length - MOST} more`];
}
