/**
 * Writes values in the format of `peer.py`, so that the strings can be compared.
 *
 * @module
 */
import { floatText, repr } from "../../readers/openmmlab/_repr.ts";
import {
  LazyName,
  PyDict,
  PyList,
  PyTuple,
  typeName,
  type Value,
} from "../../readers/openmmlab/_values.ts";

/** Writes a string as Python's `json.dumps` does. */
function text(value: string): string {
  return JSON.stringify(value).replaceAll(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  ).replaceAll("\\u007f", "\u007f");
}

/** Writes a value with the distinctions that JSON lacks: ints and floats, lists and tuples; keys keep their order. */
export function typed(value: Value): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "bigint") return `i${value}`;
  if (typeof value === "number") return `f${floatText(value)}`;
  if (typeof value === "string") return text(value);
  if (value instanceof LazyName) return text(value.path);
  if (value instanceof PyList) return `[${value.items.map(typed).join(",")}]`;
  if (value instanceof PyTuple) return `(${value.items.map(typed).join(",")})`;
  if (value instanceof PyDict) {
    const items = [...value.map.values()].map(({ key, value }) =>
      `${text(typeof key === "string" ? key : repr(key))}:${typed(value)}`
    );
    return `{${items.join(",")}}`;
  }
  return `<${typeName(value)}>`;
}

/** Writes a value of an ADict: ints and floats are not distinguished; keys are sorted. */
export function plain(value: unknown): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "bigint") return `i${value}`;
  if (typeof value === "number") return floatText(value);
  if (typeof value === "string") return text(value);
  if (Array.isArray(value)) return `[${value.map(plain).join(",")}]`;
  const items = Object.entries(value as object)
    .sort(([a], [b]) => a < b ? -1 : 1)
    .map(([key, item]) => `${text(key)}:${plain(item)}`);
  return `{${items.join(",")}}`;
}
