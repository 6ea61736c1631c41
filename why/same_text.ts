import { type Dimension, DIMENSIONS } from "../internal/run_factors.ts";
import type { Case } from "./case.ts";
import { dimensionOf } from "./frame.ts";
import { join } from "./words.ts";

/** How a dimension is called in a sentence. */
const NAMES: Readonly<Record<Dimension, string>> = {
  config: "config",
  code: "code",
  inputs: "inputs",
  environment: "environment",
};

/**
 * Says which dimensions are the same in both runs. `same` is said only of what is fully recorded on both sides;
 * of the rest it is said how far it is known.
 *
 * @param known The comparison.
 * @returns a sentence; empty if nothing can be said.
 */
export function sameText(known: Case): string {
  const same = DIMENSIONS.filter((one) => isSame(known, one));
  const full = same.filter((one) => known.coverage[one].level === "full");
  const part = same.filter((one) => known.coverage[one].level === "partial");
  const none = DIMENSIONS.filter((one) => known.coverage[one].level === "none");
  const words = full.map((one) =>
    one === "config" && known.pair.unread.length > 0
      ? "same config values that were read"
      : `same ${NAMES[one]}`
  );
  const phrases = [
    ...(words.length === 0 ? [] : [join(words)]),
    ...part.map((one) => `what was recorded of the ${NAMES[one]} is the same`),
    ...(none.length === 0
      ? []
      : [`${join(none.map((one) => NAMES[one]))} unknown`]),
  ];
  const text = phrases.join("; ");
  return text === "" ? "" : `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function isSame({ pair, coverage }: Case, dimension: Dimension): boolean {
  const { a, b, level } = coverage[dimension];
  return level !== "none" && a === b &&
    ![...pair.differing, ...pair.unknown, ...pair.seeds].some((id) =>
      dimensionOf(id) === dimension
    );
}
