/**
 * Integers that no number holds exactly, such as a seed of 64 bits: they are read as bigints, since
 * a seed that is rounded in silence is another seed.
 *
 * @module
 */

import { replaceValues } from "./_replace_values.ts";

/**
 * Reads an integer that a number would round.
 *
 * @param digits An integer in decimal digits, perhaps with a sign.
 * @returns the bigint; `undefined` if a number will do: it is exact, or these are the very digits
 * which JavaScript writes for it (`2 ** 60` is written as 1152921504606847000).
 */
export function wideInteger(digits: string): bigint | undefined {
  if (digits.length < 16) return undefined;
  const exact = BigInt(digits.replace(/^\+/, ""));
  const rounded = Number(exact);
  const isExact = Number.isFinite(rounded) && BigInt(rounded) === exact;
  return isExact || String(rounded) === String(exact) ? undefined : exact;
}

const LITERALS = /(?<![\w.+-])[+-]?\d{16,}(?![\w.+-])/g;

/**
 * Puts bigints where a parser that knows only numbers has rounded. A rounded number is told by the
 * digits in the text that round to it.
 *
 * @param data What the parser gave; changed in place.
 * @param text What it read.
 * @returns the data.
 */
export function restoreWideIntegers<T>(data: T, text: string): T {
  const exact = new Map<number, bigint>();
  for (const [digits] of text.matchAll(LITERALS)) {
    const wide = wideInteger(digits);
    if (wide !== undefined) exact.set(Number(wide), wide);
  }
  if (exact.size === 0) return data;
  return replaceValues(
    data,
    (value) => typeof value === "number" ? exact.get(value) : undefined,
  );
}
