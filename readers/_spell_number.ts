import { spellDigits } from "./_integer.ts";

/** The words of a format for numbers that are not finite. */
export interface NumberWords {
  /** Not a number. */
  readonly nan: string;
  /** Infinity, without a sign. */
  readonly infinity: string;
}

/**
 * Formats a number so that every reader of YAML or TOML reads the same number.
 *
 * @param value The number.
 * @param words The words of the format for NaN and infinity.
 * @returns its digits. Integers beyond 2^53 have all digits, because the digits that JavaScript writes are
 * those of another integer; an exponent follows a fraction and has a sign, because PyYAML otherwise reads a
 * string.
 */
export function spellNumber(value: number, words: NumberWords): string {
  if (Number.isNaN(value)) return words.nan;
  if (!Number.isFinite(value)) return (value < 0 ? "-" : "") + words.infinity;
  if (Object.is(value, -0)) return "-0.0";
  const text = spellDigits(value);
  const isDigits = /^-?\d+$/.test(text);
  if (isDigits && Math.abs(value) < 2 ** 63) return text;
  const digits = isDigits ? value.toExponential() : text;
  return digits.includes(".") ? digits : digits.replace("e", ".0e");
}
