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
