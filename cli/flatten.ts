import { formatPath } from "../adict/key_path.ts";

/** The keys that lead to a value, and the value. */
export type Leaf = readonly [keys: readonly string[], value: unknown];

/**
 * Lists the leaves of a config. Lists and empty mappings are leaves.
 *
 * @param config The config, however deep.
 * @returns the leaves, in order; none where the value is not a mapping.
 */
export function* leavesOf(config: unknown): Generator<Leaf> {
  // A stack of its own: a config that a stranger wrote may be deeper than calls can be.
  const rest: Leaf[] = [[[], config]];
  for (let leaf = rest.pop(); leaf !== undefined; leaf = rest.pop()) {
    const [keys, value] = leaf;
    const entries = isMapping(value) ? Object.entries(value) : [];
    if (entries.length === 0 && keys.length > 0) yield leaf;
    for (const [key, child] of entries.reverse()) {
      rest.push([[...keys, key], child]);
    }
  }
}

/**
 * Flattens a config to its leaves. Lists and empty mappings are leaves.
 *
 * @param config The config.
 * @returns the leaves by key path, e.g. `model.depth`, spelt as in the history of a config: a key
 *   with a dot stands in quotes.
 */
export function flatten(config: unknown): Map<string, unknown> {
  return new Map(
    [...leavesOf(config)].map(([keys, value]) => [formatPath(keys), value]),
  );
}

function isMapping(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
