/** How completely the inputs of a run were recorded. */
import type { Coverage } from "../internal/run_factors.ts";
import { NOT_OBSERVED, ONLY_LOGGED } from "../internal/run_inputs.ts";
import type { SeenInputs } from "./types.ts";

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
