import { UsageError } from "./command.ts";
import { nearestName } from "../internal/names.ts";
import { visible } from "../internal/visible_text.ts";

/**
 * Reads the value of an option that takes one of a few words.
 *
 * @param value What was given.
 * @param words The words.
 * @param option The option, as it is typed.
 * @returns the word.
 * @throws {UsageError} If it is another word; the message suggests one.
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

/** The range of a number. */
export interface NumberRange {
  /** The smallest value. @default {-Infinity} */
  readonly min?: number;
  /** The largest value. @default {Infinity} */
  readonly max?: number;
  /** Whether it must be an integer. @default {false} */
  readonly whole?: boolean;
}

/**
 * Reads the value of an option that takes a finite number in decimal digits.
 *
 * @param value What was given.
 * @param option The option, as it is typed.
 * @param range The range of the number. @default {any finite number}
 * @returns the number.
 * @throws {UsageError} If it is not a number, or is out of range.
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
