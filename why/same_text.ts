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
  // A label or an unread leaf that differs is part of the config.
  const isShort = [...known.pair.labels, ...known.pair.unread].some((id) =>
    id.startsWith("config:")
  );
  const words = full.filter((one) => one !== "config" || !isShort)
    .map((one) => `same ${NAMES[one]}`);
  const phrases = [
    ...(isShort && full.includes("config")
      ? ["no config value that counts differs"]
      : []),
    ...(words.length === 0 ? [] : [join(words)]),
    ...part.map((one) => `the ${NAMES[one]} that was recorded is the same`),
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
