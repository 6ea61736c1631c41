import { type Dimension, DIMENSIONS } from "../../internal/run_factors.ts";
import type { Case } from "../case/case.ts";
import { dimensionOf } from "../frame.ts";
import { factorName, join } from "../words.ts";

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
  const [plain, limited] = [true, false].map((isPlain) =>
    full.filter((one) => (butFor(known, one) === "") === isPlain)
  );
  // What a lock file says of a package is its version: its files may have been edited.
  const names = (one: Dimension) =>
    one === "code" && hasPackages(known)
      ? ["same local code", "same package versions"]
      : [`same ${NAMES[one]}`];
  const words = (plain ?? []).flatMap(names);
  const phrases = [
    ...(words.length === 0 ? [] : [join(words)]),
    ...(limited ?? []).map((one) => `${join(names(one))}${butFor(known, one)}`),
    ...part.map((one) =>
      `the ${NAMES[one]} that ${
        one === "inputs" ? "were recorded are" : "was recorded is"
      } the same${butFor(known, one)}`
    ),
    ...(none.length === 0
      ? []
      : [`${join(none.map((one) => NAMES[one]))} unknown`]),
  ];
  const text = phrases.join("; ");
  return text === "" ? "" : `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function hasPackages({ a, b }: Case): boolean {
  return [a, b].some(({ factors }) =>
    [...factors.keys()].some((id) => id.startsWith("package:"))
  );
}

/** Labels and values that nothing read may differ where the dimension counts as the same. */
function butFor({ pair }: Case, dimension: Dimension): string {
  const of = (ids: readonly string[]) =>
    ids.filter((id) => dimensionOf(id) === dimension).map((id) =>
      factorName(id)
    );
  const [labels, unread] = [of(pair.labels), of(pair.unread)];
  const parts = [
    ...(labels.length === 0 ? [] : [`labels (${shortened(labels)})`]),
    ...(unread.length === 0
      ? []
      : [`values that nothing read (${shortened(unread)})`]),
  ];
  return parts.length === 0 ? "" : ` but for ${join(parts)}`;
}

/** A sentence names this many. */
const MOST_NAMES = 4;

function shortened(names: readonly string[]): string {
  return names.length <= MOST_NAMES
    ? names.join(", ")
    : `${names.slice(0, MOST_NAMES).join(", ")} and ${
      names.length - MOST_NAMES
    } more`;
}

function isSame({ pair, coverage }: Case, dimension: Dimension): boolean {
  const { a, b, level } = coverage[dimension];
  return level !== "none" && a === b &&
    ![...pair.differing, ...pair.unknown, ...pair.seeds].some((id) =>
      dimensionOf(id) === dimension
    );
}
