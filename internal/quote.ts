import { kindOf } from "./kind_of.ts";
import { ScopeUsageError } from "./scope_usage_error.ts";
import { UNSAFE_CHARACTERS } from "./unsafe_characters.ts";

/**
 * Quotes a string with `%…%`, so that the command line reads it back as the same string.
 *
 * @param text Any string.
 * @returns the quoted string.
 * @throws {ScopeUsageError} If it is not a string.
 *
 * @example Characters that need quotes
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
      }: pass a string, or use formatValue for other values`,
    );
  }
  const escaped = text
    .replace(/\\/g, "\\\\")
    .replace(/%/g, "%%")
    .replace(UNSAFE, escape);
  return `%${escaped}%`;
}

const UNSAFE = new RegExp(`[${UNSAFE_CHARACTERS}]`, "gu");

function escape(character: string): string {
  if (character === "\n") return "\\n";
  if (character === "\t") return "\\t";
  if (character === "\r") return "\\r";
  return "\\u" + character.charCodeAt(0).toString(16).padStart(4, "0");
}
