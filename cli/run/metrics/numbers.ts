/** Numbers as programs print them. */
import type { PrintedNumber } from "./printed.ts";

const EXPONENT = "(?:[eE][+-]?\\d+)?";
const GROUPED = "(?:\\d{1,3}(?:,\\d{3})+|\\d+)";

function numberOf(digits: string): string {
  return `[+-]?(?:${digits}(?:\\.\\d*)?${EXPONENT}|\\.\\d+${EXPONENT}|nan|NaN|inf|Infinity|Inf)`;
}

/** The text of a number without thousands separators. */
export const PLAIN_NUMBER: string = numberOf("\\d+");

/**
 * The text of a number: `0.5`, `.5`, `2.`, `1e-3`, `1,234.5`, `nan`, `-inf`. {@linkcode END} must follow, so that
 * `1,234.5` is never 1, `0,52` is nothing, and `3s` is nothing.
 */
export const NUMBER: string = numberOf(GROUPED);

/** What may follow a number; the percent sign is left out. */
export const END: string = "(?=$|[\\s;|]|,(?!\\d))";

/** Reads the text of a number. */
export function readNumber(text: string): PrintedNumber {
  const word = text.replace(/^[+-]/, "").toLowerCase();
  if (word === "nan") return { value: NaN, isWhole: false };
  if (word === "inf" || word === "infinity") {
    const value = text.startsWith("-") ? -Infinity : Infinity;
    return { value, isWhole: false };
  }
  const plain = text.replaceAll(",", "");
  return { value: Number(plain), isWhole: /^[+-]?\d+$/.test(plain) };
}
