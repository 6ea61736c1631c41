/** A leaf as text: strings as they are, all else as JSON. */
export function leafText(value: unknown): string {
  if (typeof value === "string") return value;
  if (value instanceof Date) {
    return Number.isNaN(value.getTime()) ? "" : value.toISOString();
  }
  return jsonText(value) ?? "";
}

/** JSON that tells what JSON cannot: bigints and numbers that are not finite are strings. */
export function jsonText(value: unknown): string | undefined {
  if (typeof value === "number" || typeof value === "bigint") {
    return String(value);
  }
  return JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item === "bigint") return String(item);
    if (typeof item === "number" && !Number.isFinite(item)) return String(item);
    if (ArrayBuffer.isView(item) && Symbol.iterator in item) {
      return [...item as Iterable<unknown>];
    }
    return item;
  });
}
