/**
 * Integers that no number holds exactly, such as a seed of 64 bits: they are read as bigints, since
 * a seed that is rounded in silence is another seed.
 *
 * @module
 */

/**
 * Reads an integer of JSON that a number would round. JSON is what JavaScript itself writes, so the
 * very digits which it writes for a number are that number: 1152921504606847000 is `2 ** 60`.
 *
 * @param digits An integer in decimal digits, perhaps with a sign.
 * @returns the bigint; `undefined` if a number will do.
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
 * The value of an integer that stands in a file of another format, in whatever form.
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
 * Spells a bigint so that {@link exactInteger} reads it back as a bigint.
 *
 * @param value The bigint.
 * @returns its decimal digits; `undefined` if it would come back as a number.
 */
export function spellWide(value: bigint): string | undefined {
  return typeof exactInteger(value) === "bigint" ? String(value) : undefined;
}

/**
 * Spells a number; an integer without an exponent has all digits of its value. `2 ** 60` is
 * 1152921504606846976, which JavaScript writes as 1152921504606847000.
 *
 * @param value The number.
 * @returns its text.
 */
export function spellDigits(value: number): string {
  const text = String(value);
  return /^-?\d+$/.test(text) ? String(BigInt(value)) : text;
}
