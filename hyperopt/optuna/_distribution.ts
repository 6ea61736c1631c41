/** Dimensions as distributions of Optuna. */
import { canonicalText } from "../spaces/_canonical_text.ts";
import { keysOf } from "../spaces/_searched_leaves.ts";
import type { Dimension } from "../spaces/space.ts";

/** Returns the JSON of the distribution of a dimension. */
export function distributionOf(dimension: Dimension): string {
  const { kind, low, high, log, choices, step } = dimension;
  if (kind === "ordinal" || kind === "category") {
    const texts = choices.map(choiceText).join(", ");
    return `{"name": "CategoricalDistribution", "attributes": {"choices": [${texts}]}}`;
  }
  const isFloat = kind === "float";
  return JSON.stringify({
    name: isFloat ? "FloatDistribution" : "IntDistribution",
    attributes: { low, high, log, step: step ?? (isFloat ? null : 1) },
  });
}

/** Writes a choice as Python reads it: numbers that JSON lacks are names, and what is no leaf is its JSON text. */
function choiceText(choice: unknown): string {
  if (typeof choice === "bigint" || typeof choice === "number") {
    return String(choice);
  }
  if (choice instanceof Date) return JSON.stringify(choice);
  return typeof choice === "object" && choice !== null
    ? JSON.stringify(canonicalText(choice))
    : JSON.stringify(choice);
}

/**
 * Returns the name of each dimension as a parameter: its path. Optuna takes parameters of one name for the same in
 * all trials, so branches of a conditional that define a path differently get names of their own.
 */
export function parameterNames(dimensions: readonly Dimension[]): string[] {
  const kinds = new Map<string, Set<string>>();
  for (const dimension of dimensions) {
    const { path } = dimension;
    const found = kinds.get(path) ?? new Set();
    kinds.set(path, found.add(distributionOf(dimension)));
  }
  return dimensions.map(({ path, when }) => {
    if (when === undefined || kinds.get(path)!.size === 1) return path;
    const decider = dimensions[when.dimension]!;
    const names = when.positions.map((at) => String(decider.choices[at]));
    return `${path} (${keysOf(decider).at(-1)}=${names.join("|")})`;
  });
}
