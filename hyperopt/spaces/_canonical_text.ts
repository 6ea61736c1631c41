import { ADict } from "../../adict/mod.ts";
import { isPlainObject } from "../../internal/objects.ts";

/**
 * Returns a string that is the same for equal plain data, whatever the order of its keys; `undefined` if the
 * value is not plain data. The two zeros are equal, and so are all NaN.
 */
export function canonicalText(value: unknown): string | undefined {
  switch (typeof value) {
    case "number":
      // `String(-0)` is "0".
      return String(value);
    case "string":
      return JSON.stringify(value);
    case "boolean":
      return String(value);
    case "bigint":
      return `${value}n`;
    case "object":
      return value === null ? "null" : objectText(value);
    default:
      return undefined;
  }
}

function objectText(value: object): string | undefined {
  if (value instanceof Date) return `Date(${value.getTime()})`;
  if (Array.isArray(value)) {
    const items = Array.from(value, canonicalText);
    return items.includes(undefined) ? undefined : `[${items.join(",")}]`;
  }
  const data = value instanceof ADict ? value.toObject() : value;
  if (!isPlainObject(data)) return undefined;
  const parts: string[] = [];
  for (const key of Object.keys(data).sort()) {
    const text = canonicalText(data[key]);
    if (text === undefined) return undefined;
    parts.push(`${JSON.stringify(key)}:${text}`);
  }
  return `{${parts.join(",")}}`;
}
