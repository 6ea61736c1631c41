import { visible } from "./visible_text.ts";

/**
 * Writes a config value so that values of two types never look alike: strings are in quotes.
 *
 * @param value The value.
 * @returns visible text on one line.
 */
export function valueText(value: unknown): string {
  return visible(write(value));
}

/**
 * Writes a config value as data: the same text, but not escaped for a terminal.
 *
 * @param value The value.
 * @returns the text, not escaped.
 */
export function rawValueText(value: unknown): string {
  return write(value);
}

function write(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  if (Object.is(value, -0)) return "-0";
  if (typeof value !== "object" || value === null) return String(value);
  if (value instanceof Date) {
    return Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString();
  }
  if (ArrayBuffer.isView(value) && Symbol.iterator in value) {
    return `${value.constructor.name} ${
      write([...value as Iterable<unknown>])
    }`;
  }
  if (Array.isArray(value)) return `[${value.map(write).join(", ")}]`;
  const fields = Object.entries(value).map(([key, child]) =>
    `${JSON.stringify(key)}: ${write(child)}`
  );
  return fields.length === 0 ? "{}" : `{ ${fields.join(", ")} }`;
}

/**
 * Writes the value of a config at a key path.
 *
 * @param leaves The leaves of the config.
 * @param path The path.
 * @returns the text as {@linkcode valueText} writes it; `(absent)` if there is no such key.
 */
export function textAt(
  leaves: ReadonlyMap<string, unknown>,
  path: string,
): string {
  return leaves.has(path) ? valueText(leaves.get(path)) : "(absent)";
}
