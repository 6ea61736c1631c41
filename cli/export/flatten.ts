/**
 * Flattens a config: `{ model: { depth: 3 } }` becomes `model.depth`.
 *
 * @param config The config.
 * @returns its leaves by dotted path; lists and empty objects are leaves.
 */
export function flatten(config: unknown): Map<string, unknown> {
  const leaves = new Map<string, unknown>();
  const visit = (value: unknown, path: string): void => {
    const entries = isPlain(value) ? Object.entries(value) : [];
    if (entries.length === 0) leaves.set(path, value);
    for (const [key, member] of entries) {
      visit(member, path === "" ? key : `${path}.${key}`);
    }
  };
  visit(config, "");
  leaves.delete("");
  return leaves;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null &&
    !Array.isArray(value) && !(value instanceof Date) &&
    !ArrayBuffer.isView(value);
}

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
