import { bareValue } from "./_read_bare.ts";
import { quote } from "./quote.ts";

/** Words that read back as themselves without quotes, inside brackets too. */
const PLAIN =
  /^[^\s,[\](){}%"'=\\:#$&*;<>?!|`~][^\s,[\](){}%"'=\\:#$&*;<>?!|`~]*$/u;

/**
 * Writes a value as the command line reads it.
 *
 * @param value Numbers, bigints, booleans, null, strings, arrays and plain objects of them.
 * @returns the text; what the command line cannot hold (a date, a function, `undefined`) is written
 * as JavaScript's `String` writes it.
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
  if (typeof value === "string") return formatString(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "number") return formatNumber(value);
  if (Array.isArray(value)) return `[${value.map(formatValue).join(", ")}]`;
  if (value !== null && typeof value === "object" && isPlain(value)) {
    const entries = Object.entries(value).map(([key, item]) =>
      `${formatString(key)}: ${formatValue(item)}`
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

function formatString(text: string): string {
  return PLAIN.test(text) && bareValue(text) === text ? text : quote(text);
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
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
