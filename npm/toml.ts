/**
 * Stand-in for `@std/toml` over `smol-toml`: what writes TOML.
 *
 * @module
 */
import * as smol from "smol-toml";

/**
 * Writes a TOML text.
 *
 * @param obj Plain data without `null`; keys whose value is `undefined` are left out.
 * @returns the text.
 * @throws {TypeError} for what TOML has no type for.
 */
export function stringify(obj: Record<string, unknown>): string {
  return smol.stringify(obj);
}
