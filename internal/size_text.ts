/**
 * Sizes for people.
 *
 * @module
 */
const UNITS = ["bytes", "kB", "MB", "GB", "TB", "PB"] as const;

/**
 * Writes a size, in powers of 1000.
 *
 * @param bytes The size in bytes.
 * @returns e.g. `1 byte`, `812 bytes`, `1.2 kB`, `34 MB`.
 *
 * @example
 * ```ts
 * import { sizeText } from "./size_text.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([1, 812, 1_234, 999_999].map(sizeText), ["1 byte", "812 bytes", "1.2 kB", "1.0 MB"]);
 * ```
 */
export function sizeText(bytes: number): string {
  if (bytes < 1_000) return `${bytes} ${bytes === 1 ? "byte" : "bytes"}`;
  let [size, unit] = [bytes / 1_000, 1];
  // 999.5 kB would be written as 1000 kB.
  while (size >= 999.5 && unit < UNITS.length - 1) {
    size /= 1_000;
    unit++;
  }
  // 9.96 would be written as 10.0.
  return `${size.toFixed(size < 9.95 ? 1 : 0)} ${UNITS[unit]}`;
}
