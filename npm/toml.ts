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
 * @returns its data. Dates and date-times are `Date`s, one without an offset in the time zone of
 * the machine; a time of the day is a string. Integers beyond 2^53 are rounded to numbers.
 * @throws {SyntaxError} if the text breaks the grammar; the message starts with
 * `Parse error on line L, column C:`.
 */
export function parse(tomlString: string): Record<string, unknown> {
  try {
    // Otherwise integers beyond 2^53 would be refused, among them what `stringify` writes of 1e18.
    const data = smol.parse(tomlString, { integersAsBigInt: "asNeeded" });
    return plain(data) as Record<string, unknown>;
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

/** Dates of the language instead of the package's own class, numbers instead of bigints. */
function plain(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (value instanceof smol.TomlDate) return plainDate(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, below]) => [key, plain(below)]),
  );
}

function plainDate(value: smol.TomlDate): Date | string {
  const text = value.toISOString();
  if (value.isTime()) return text.replace(/\.000$|(\.\d+?)0+$/, "$1");
  // Without an offset the language takes the text as local time, as `@std/toml` does.
  return new Date(
    value.isDateTime() && value.isLocal() ? text : value.getTime(),
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
