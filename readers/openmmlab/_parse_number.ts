/**
 * Reads a number literal.
 *
 * @param text The literal, e.g. `1_000`, `0xff`, `1e-3`.
 * @returns a bigint for an integer, a number for a float; `undefined` for a complex number.
 */
export function readNumber(text: string): bigint | number | undefined {
  const digits = text.replaceAll("_", "").toLowerCase();
  if (/^0[xob]/.test(digits)) return BigInt(digits);
  if (digits.endsWith("j")) return undefined;
  return /^\d+$/.test(digits) ? BigInt(digits) : Number(digits);
}
