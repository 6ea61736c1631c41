import { formatKey } from "../adict/key_path.ts";

/**
 * Flattens a config to its leaves. Lists and empty mappings are leaves.
 *
 * @param value The config.
 * @returns the leaves by key path, e.g. `model.depth`, spelt as in the history of a config.
 */
export function flatten(value: unknown): Map<string, unknown> {
  const leaves = new Map<string, unknown>();
  add(leaves, value, "");
  return leaves;
}

function add(leaves: Map<string, unknown>, value: unknown, path: string): void {
  const entries = isMapping(value) ? Object.entries(value) : [];
  if (entries.length === 0) {
    if (path !== "") leaves.set(path, value);
    return;
  }
  for (const [key, child] of entries) {
    const name = formatKey(key);
    add(leaves, child, path === "" ? name : `${path}.${name}`);
  }
}

function isMapping(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
