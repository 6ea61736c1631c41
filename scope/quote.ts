import { kindOf } from "../internal/kind_of.ts";
import { ScopeUsageError } from "./errors.ts";
import { UNSAFE_SIGNS } from "./_unsafe_signs.ts";

/**
 * Writes text between `%` signs, so that the command line reads it back as the same string.
 *
 * @param text Any string.
 * @returns the quoted text.
 * @throws {ScopeUsageError} If it is not a string.
 *
 * @example Signs that need care
 * ```ts
 * import { quote } from "@ato/ato/scope";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(quote("first try"), "%first try%");
 * assertEquals(quote("50%"), "%50%%%");
 * ```
 */
export function quote(text: string): string {
  if (typeof text !== "string") {
    throw new ScopeUsageError(
      `Cannot quote ${
        kindOf(text)
      }: pass a text, or write the value with formatValue`,
    );
  }
  const escaped = text
    .replace(/\\/g, "\\\\")
    .replace(/%/g, "%%")
    .replace(UNSAFE, escape);
  return `%${escaped}%`;
}

const UNSAFE = new RegExp(`[${UNSAFE_SIGNS}]`, "gu");

function escape(sign: string): string {
  if (sign === "\n") return "\\n";
  if (sign === "\t") return "\\t";
  if (sign === "\r") return "\\r";
  return "\\u" + sign.charCodeAt(0).toString(16).padStart(4, "0");
}
