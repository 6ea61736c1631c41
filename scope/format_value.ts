import { isPlainObject } from "../internal/objects.ts";
import { ScopeUsageError } from "./errors.ts";
import { bareValue } from "./_read_bare.ts";
import { quote } from "./quote.ts";
import { UNSAFE_SIGNS } from "./_unsafe_signs.ts";

/** Signs that mean something here or to a shell. */
const SIGNS = String.raw`\s,[\](){}%"'=\\#$&*;<>?!|` + "`~" + UNSAFE_SIGNS;
/** Keys of a mapping that read back as themselves without quotes. */
const PLAIN_KEY = new RegExp(`^[^${SIGNS}:]+$`, "u");
/** Words that do, inside brackets too: a colon ends keys alone. */
const PLAIN = new RegExp(`^[^${SIGNS}:][^${SIGNS}]*$`, "u");

/**
 * Writes a value as the command line reads it.
 *
 * @param value Numbers, bigints, booleans, null, strings, arrays and plain objects of them.
 * @returns the text; what the command line cannot hold (a date, a function, `undefined`) is written
 * as JavaScript's `String` writes it.
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
      "Cannot write a value that contains itself: give it without the part that leads back",
    );
  }
  const inside = [...around, value];
  if (Array.isArray(value)) {
    // `Array.from` goes over the holes of a sparse array too.
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
  // JavaScript writes the shortest digits that name the number; as an integer they may be another.
  const isRounded = Number.isInteger(value) && !Number.isSafeInteger(value);
  const text = String(value);
  return isRounded && !text.includes("e") ? `${text}.0` : text;
}

function formatString(text: string, plain = PLAIN): string {
  return plain.test(text) && bareValue(text) === text ? text : quote(text);
}

/** Writes what the command line has no form for. */
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
