import { spellDigits } from "./_integer.ts";

/** How a format writes a number that is not finite. */
export interface NumberWords {
  /** Not a number. */
  readonly nan: string;
  /** Infinity, without a sign. */
  readonly infinity: string;
}

/**
 * Spells a number so that every reader of YAML or TOML gets this very number.
 *
 * @param value The number.
 * @param words What the format writes for NaN and infinity.
 * @returns its digits. Integers beyond 2^53 stand with all digits, as JavaScript's own are those of
 * another integer; an exponent follows a fraction and has a sign, without which PyYAML takes it for
 * text.
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
