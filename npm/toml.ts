/**
 * Stand-in for `@std/toml` over `smol-toml`: TOML 1.0.
 *
 * @module
 */
import * as smol from "smol-toml";

/**
 * Reads a TOML text.
 *
 * @param tomlString The text.
 * @returns its data. Integers beyond 2^53 are refused; date-times are `Date`s.
 * @throws {SyntaxError} if the text breaks the grammar; the message starts with
 * `Parse error on line L, column C:`.
 */
export function parse(tomlString: string): Record<string, unknown> {
  try {
    return plain(smol.parse(tomlString)) as Record<string, unknown>;
  } catch (error) {
    if (!(error instanceof smol.TomlError)) throw error;
    // The first line says what is wrong; the lines below it draw the place.
    const reason = error.message.split("\n")[0]?.replace(
      /^Invalid TOML document: /,
      "",
    );
    throw new SyntaxError(
      `Parse error on line ${error.line}, column ${error.column}: ${reason}`,
      { cause: error },
    );
  }
}

/** Dates of the language instead of the package's own class; a local time is its text. */
function plain(value: unknown): unknown {
  if (value instanceof smol.TomlDate) {
    return value.isTime() ? value.toISOString() : new Date(value.getTime());
  }
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, below]) => [key, plain(below)]),
  );
}

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
