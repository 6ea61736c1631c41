/**
 * Short texts for numbers and hashes.
 *
 * @module
 */
import { visible } from "./visible_text.ts";

/**
 * Returns the first digits of a hash, without its prefix: `a91c03f27b1e`.
 *
 * @param hash The hash.
 * @param digits The number of digits.
 * @returns visible text.
 */
export function brief(hash: string, digits: number): string {
  return visible(hash.slice(hash.lastIndexOf(":") + 1).slice(0, digits));
}

/**
 * Writes a number in few digits.
 *
 * @param value The number.
 * @returns at most 6 significant digits.
 */
export function short(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e15
    ? String(value)
    : String(Number(value.toPrecision(6)));
}
