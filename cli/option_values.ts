import { UsageError } from "./command.ts";
import { nearestName } from "../internal/names.ts";
import { visible } from "../internal/visible_text.ts";

/**
 * Reads an option that takes one of a few words.
 *
 * @param value What was given.
 * @param words The words.
 * @param option The option, as it is typed.
 * @returns the word.
 * @throws {UsageError} if it is another, with a suggestion.
 */
export function oneOf<Word extends string>(
  value: unknown,
  words: readonly Word[],
  option: string,
): Word {
  const found = words.find((word) => word === value);
  if (found !== undefined) return found;
  const text = String(value);
  const guess = nearestName(text, words);
  throw new UsageError(
    `Cannot use ${option} ${text === "" ? "without a value" : visible(text)}: ${
      guess === undefined
        ? `it is one of ${words.join(", ")}`
        : `did you mean ${guess}?`
    }`,
  );
}

/** What a number may be. */
export interface NumberRange {
  /** The least. @default -Infinity */
  readonly min?: number;
  /** The greatest. @default Infinity */
  readonly max?: number;
  /** Whether it has no fraction. @default false */
  readonly whole?: boolean;
}

/**
 * Reads an option that takes a finite number, in decimal digits.
 *
 * @param value What was given.
 * @param option The option, as it is typed.
 * @param range What it may be.
 * @returns the number.
 * @throws {UsageError} if it is not a number, or out of range.
 */
export function numberOf(
  value: unknown,
  option: string,
  range: NumberRange = {},
): number {
  const { min = -Infinity, max = Infinity, whole = false } = range;
  const text = String(value);
  const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)
    ? Number(text)
    : NaN;
  const fits = Number.isFinite(number) && number >= min && number <= max &&
    (!whole || Number.isSafeInteger(number));
  if (fits) return number;
  const kind = whole ? "a whole number" : "a number";
  const limits = [
    min === -Infinity ? "" : ` from ${min}`,
    max === Infinity ? "" : ` to ${max}`,
  ].join("");
  throw new UsageError(
    `Cannot use ${option} ${
      text === "" ? "without a value" : visible(text)
    }: give ${kind}${limits}`,
  );
}
