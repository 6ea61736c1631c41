/**
 * Integers that no number holds exactly, such as a seed of 64 bits: they are read as bigints, since
 * a seed that is rounded in silence is another seed.
 *
 * @module
 */

/**
 * Reads a plain decimal integer that a number would round.
 *
 * @param digits An integer in decimal digits, perhaps with a sign.
 * @returns the bigint; `undefined` if a number will do: it is exact, or these are the very digits
 * which JavaScript writes for it (`2 ** 60` is written as 1152921504606847000).
 */
export function wideInteger(digits: string): bigint | undefined {
  if (digits.length < 16) return undefined;
  const exact = BigInt(digits.replace(/^\+/, ""));
  const read = exactInteger(exact);
  if (typeof read === "number") return undefined;
  return String(Number(exact)) === String(exact) ? undefined : exact;
}

/**
 * The value of an integer that stands in a form in which JavaScript writes no number: hexadecimal,
 * octal, binary, or with `_` between its digits.
 *
 * @param exact The integer.
 * @returns a number where one holds it exactly, the bigint otherwise.
 */
export function exactInteger(exact: bigint): number | bigint {
  const rounded = Number(exact);
  const isExact = Number.isFinite(rounded) && BigInt(rounded) === exact;
  return isExact ? rounded : exact;
}

/**
 * Spells a bigint so that {@link wideInteger} or {@link exactInteger} reads it back as a bigint.
 *
 * @param value The bigint.
 * @returns its decimal digits; with `_` between them where JavaScript writes a number with the same
 * digits; `undefined` if it would come back as a number.
 */
export function spellWide(value: bigint): string | undefined {
  const digits = String(value);
  if (wideInteger(digits) !== undefined) return digits;
  if (typeof exactInteger(value) === "number") return undefined;
  return digits.replace(/\B(?=(?:\d{3})+$)/g, "_");
}
