/**
 * Integers that a number cannot hold exactly, such as a seed of 64 bits: they are read as bigints, because
 * a rounded seed is another seed.
 *
 * @module
 */

/**
 * Reads an integer of JSON that a number would round. JavaScript itself writes JSON, so digits that
 * JavaScript writes for a number are read as that number: 1152921504606847000 is `2 ** 60`.
 *
 * @param digits An integer in decimal digits, with or without a sign.
 * @returns the bigint; `undefined` if a number is exact.
 */
export function wideJsonInteger(digits: string): bigint | undefined {
  if (digits.length < 16) return undefined;
  const read = exactInteger(BigInt(digits));
  if (typeof read === "number" || String(Number(read)) === digits) {
    return undefined;
  }
  return read;
}

/**
 * Returns the value of an integer from a file of another format.
 *
 * @param exact The integer.
 * @returns a number if it is exact, the bigint otherwise.
 */
export function exactInteger(exact: bigint): number | bigint {
  const rounded = Number(exact);
  const isExact = Number.isFinite(rounded) && BigInt(rounded) === exact;
  return isExact ? rounded : exact;
}

/**
 * Formats a bigint so that {@link exactInteger} reads it back as a bigint.
 *
 * @param value The bigint.
 * @returns its decimal digits; `undefined` if they would be read as a number.
 */
export function spellWide(value: bigint): string | undefined {
  return typeof exactInteger(value) === "bigint" ? String(value) : undefined;
}

/**
 * Formats a number with all digits if it is an integer without an exponent: `2 ** 60` is
 * 1152921504606846976, which JavaScript writes as 1152921504606847000.
 *
 * @param value The number.
 * @returns its digits.
 */
export function spellDigits(value: number): string {
  const text = String(value);
  return /^-?\d+$/.test(text) ? String(BigInt(value)) : text;
}
