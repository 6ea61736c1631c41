/** Distributions of Optuna, of all versions, in one form. */
import { isPlainObject } from "../../internal/objects.ts";
import { countSteps, stepAt } from "../spaces/_steps.ts";

/** A range of numbers. */
export interface NumberDistribution {
  readonly kind: "float" | "int";
  readonly low: number;
  readonly high: number;
  readonly log: boolean;
  /** The distance between the values; `null` for none, and for 1 of whole numbers. */
  readonly step: number | null;
}

/** Choices without an order. */
export interface ChoiceDistribution {
  readonly kind: "category";
  readonly choices: readonly unknown[];
}

/** A distribution. */
export type Distribution = NumberDistribution | ChoiceDistribution;

/** Names of classes, those of Optuna 2 too: the kind, whether it is logarithmic, and where the step is. */
const NUMBERS: Readonly<
  Record<string, { kind: "float" | "int"; log?: boolean; step?: string }>
> = {
  FloatDistribution: { kind: "float", step: "step" },
  IntDistribution: { kind: "int", step: "step" },
  UniformDistribution: { kind: "float", log: false },
  LogUniformDistribution: { kind: "float", log: true },
  DiscreteUniformDistribution: { kind: "float", log: false, step: "q" },
  IntUniformDistribution: { kind: "int", log: false, step: "step" },
  IntLogUniformDistribution: { kind: "int", log: true },
};

/**
 * Reads a distribution.
 *
 * @param text Its JSON.
 * @returns the distribution, or what is wrong with it.
 */
export function readDistribution(text: string): Distribution | string {
  const value = parsePythonJson(text);
  const name = isPlainObject(value) ? value["name"] : undefined;
  const given = isPlainObject(value) ? value["attributes"] : undefined;
  if (typeof name !== "string" || !isPlainObject(given)) {
    return "is not the JSON of a distribution";
  }
  if (name === "CategoricalDistribution") {
    const choices = given["choices"];
    return Array.isArray(choices) && choices.length > 0
      ? { kind: "category", choices }
      : "has no choices";
  }
  const form = Object.hasOwn(NUMBERS, name) ? NUMBERS[name] : undefined;
  if (form === undefined) return `is a ${name}, which Ato does not know`;
  const { low, high } = given;
  const log = form.log ?? given["log"] === true;
  const step = form.step === undefined || log ? undefined : given[form.step];
  if (!isFinite(low) || !isFinite(high) || low > high || (log && low <= 0)) {
    return `has no range: from ${JSON.stringify(low)} to ${
      JSON.stringify(high)
    }`;
  }
  const { kind } = form;
  if (kind === "int" && !(isSafe(low) && isSafe(high))) {
    return `has bounds that are not whole numbers below 2^53`;
  }
  if (step === undefined || step === null || kind === "int" && step === 1) {
    return { kind, low, high, log, step: null };
  }
  if (!isFinite(step) || step <= 0 || kind === "int" && !isSafe(step)) {
    return `has a step of ${JSON.stringify(step)}`;
  }
  const last = stepAt(low, step, countSteps(low, high, step));
  return { kind, low, high: last, log, step };
}

function isFinite(value: unknown): value is number {
  return Number.isFinite(value);
}

function isSafe(value: number): boolean {
  return Number.isSafeInteger(value);
}

/** Python writes these as they are; in a string they are text. */
const BARE = /"(?:[^"\\]|\\.)*"|-?Infinity|NaN/g;
const BARE_NUMBERS: ReadonlyMap<string, number> = new Map([
  ["NaN", NaN],
  ["Infinity", Infinity],
  ["-Infinity", -Infinity],
]);

/**
 * Reads JSON as Python writes it, with NaN and infinities.
 *
 * @param text The text.
 * @returns the value; `undefined` if it is not JSON.
 */
export function parsePythonJson(text: string): unknown {
  try {
    // Such a number becomes a string that no string of the text can be: all of them get a letter in front.
    const marked = text.replace(
      BARE,
      (found) => found.startsWith('"') ? `"s${found.slice(1)}` : `"n${found}"`,
    );
    return JSON.parse(marked, (_, value) => {
      if (typeof value === "string") {
        return value.startsWith("n")
          ? BARE_NUMBERS.get(value.slice(1))
          : value.slice(1);
      }
      return isPlainObject(value)
        ? Object.fromEntries(
          Object.entries(value).map(([key, item]) => [key.slice(1), item]),
        )
        : value;
    });
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
