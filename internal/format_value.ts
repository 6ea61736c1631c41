import { isPlainObject } from "./objects.ts";
import { ScopeUsageError } from "./scope_usage_error.ts";
import { bareValue } from "./bare_value.ts";
import { quote } from "./quote.ts";
import { UNSAFE_CHARACTERS } from "./unsafe_characters.ts";

/** Characters that have a meaning here or in a shell. */
const SPECIAL = String.raw`\s,[\](){}%"'=\\#$&*;<>?!|` + "`~" +
  UNSAFE_CHARACTERS;
/** A key of a mapping that needs no quotes. */
const PLAIN_KEY = new RegExp(`^[^${SPECIAL}:]+$`, "u");
/** A string that needs no quotes, also inside brackets: a colon ends keys only. */
const PLAIN = new RegExp(`^[^${SPECIAL}:][^${SPECIAL}]*$`, "u");

/**
 * Formats a value so that the command line reads it back as the same value.
 *
 * @param value Numbers, bigints, booleans, null, strings, arrays and plain objects of them.
 * @returns the text. A value that the command line cannot hold (a date, a function, `undefined`) is
 * formatted for display.
 * @throws {ScopeUsageError} If the value contains itself.
 *
 * @example A line to copy
 * ```ts
 * import { formatValue } from "@ato/ato/scope";
 * import { assertEquals } from "@std/assert";
 *
 * const value = { name: "first try", betas: [0.9, 0.999], tag: "1" };
 * assertEquals(formatValue(value), "{name: %first try%, betas: [0.9, 0.999], tag: %1%}");
 * ```
 */
export function formatValue(value: unknown): string {
  return formatBelow(value, []);
}

function formatBelow(value: unknown, around: readonly unknown[]): string {
  if (typeof value === "string") return formatString(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "number") return formatNumber(value);
  if (around.includes(value)) {
    throw new ScopeUsageError(
      "Cannot format the value: it contains itself; pass it without the cycle",
    );
  }
  const inside = [...around, value];
  if (Array.isArray(value)) {
    // `Array.from` includes the holes of a sparse array.
    return `[${
      Array.from(value, (item) => formatBelow(item, inside)).join(", ")
    }]`;
  }
  if (isPlainObject(value)) {
    const entries = Object.entries(value).map(([key, item]) =>
      `${formatString(key, PLAIN_KEY)}: ${formatBelow(item, inside)}`
    );
    return `{${entries.join(", ")}}`;
  }
  return describe(value);
}

function formatNumber(value: number): string {
  if (Object.is(value, -0)) return "-0";
  // JavaScript formats the shortest digits that identify the number; read as an integer they may be
  // another number.
  const isRounded = Number.isInteger(value) && !Number.isSafeInteger(value);
  const text = String(value);
  return isRounded && !text.includes("e") ? `${text}.0` : text;
}

function formatString(text: string, plain = PLAIN): string {
  return plain.test(text) && bareValue(text) === text ? text : quote(text);
}

/** Formats a value that the command line cannot hold. */
function describe(value: unknown): string {
  if (typeof value === "function") return `[function ${value.name}]`;
  if (value instanceof Date) {
    return Number.isNaN(+value) ? "Invalid Date" : value.toISOString();
  }
  if (typeof value === "object" && value !== null) {
    return `[${value.constructor?.name ?? "object"}]`;
  }
  return String(value);
}
