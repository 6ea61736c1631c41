import { visibleJson } from "./visible_text.ts";

/**
 * Writes a value as JSON, including values that JSON lacks: bigints and numbers that are not finite are
 * strings, typed arrays are lists, and -0 keeps its sign. Control characters are escaped.
 *
 * @param value Any value that a config or a run can hold.
 * @param indent Spaces for each level. @default {one line}
 * @returns the text; `undefined` is `null`.
 */
export function jsonText(value: unknown, indent?: number): string {
  return visibleJson(JSON.stringify(value, plain, indent) ?? "null");
}

/** Writes a leaf as text: strings are unchanged, other values are JSON. */
export function leafText(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number") {
    return Object.is(value, -0) ? "-0" : `${value}`;
  }
  if (value === undefined) return "";
  if (value instanceof Date) {
    return Number.isNaN(value.getTime()) ? "" : value.toISOString();
  }
  return jsonText(value);
}

/** TypeScript does not know it yet; both runtimes have it. */
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };

function plain(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number" && !Number.isFinite(value)) {
    return String(value);
  }
  if (Object.is(value, -0)) return rawJSON("-0");
  return ArrayBuffer.isView(value) && Symbol.iterator in value
    ? [...value as Iterable<unknown>]
    : value;
}
