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
 * the machine; a time of the day is a string. An integer that a number does not hold is refused.
 * @throws {SyntaxError} if the text breaks the grammar; the message starts with
 * `Parse error on line L, column C:`.
 */
export function parse(tomlString: string): Record<string, unknown> {
  try {
    return readLossless(tomlString) as Record<string, unknown>;
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

/** What `@std/toml` writes of a number beyond 2^53 is read; other long integers are refused. */
function readLossless(text: string): unknown {
  const data = smol.parse(text, { integersAsBigInt: "asNeeded" });
  const losses: bigint[] = [];
  const result = plain(data, losses);
  // Read this way a long integer is an error that names its place.
  return losses.length > 0 ? plain(smol.parse(text), losses) : result;
}

/** Dates of the language instead of the package's own class, numbers instead of bigints. */
function plain(value: unknown, losses: bigint[]): unknown {
  if (typeof value === "bigint") {
    const number = Number(value);
    const kept = BigInt(number) === value || String(number) === String(value);
    if (!kept) losses.push(value);
    return number;
  }
  if (value instanceof smol.TomlDate) return plainDate(value);
  if (Array.isArray(value)) return value.map((item) => plain(item, losses));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, below]) => [key, plain(below, losses)]),
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
