/**
 * The leaves of a config: the values at the ends of its key paths.
 *
 * @module
 */
import { entriesOf } from "./config_data.ts";
import { formatPath } from "./key_path.ts";

/** The keys that lead to a value, and the value. */
export type Leaf = readonly [keys: readonly string[], value: unknown];

/**
 * Lists the leaves of a config. Lists and empty mappings are leaves.
 *
 * @param config A config or plain data, however deep. It must not contain itself.
 * @param above The keys that lead to it. @default {[]}
 * @returns the leaves, in order. A value that is not a mapping is a leaf if there are keys above it.
 */
export function* leavesOf(
  config: unknown,
  above: readonly string[] = [],
): Generator<Leaf> {
  // An explicit stack: a config from an untrusted file may be deeper than the call stack.
  const rest: Leaf[] = [[above, config]];
  for (let leaf = rest.pop(); leaf !== undefined; leaf = rest.pop()) {
    const [keys, value] = leaf;
    const entries = entriesOf(value) ?? [];
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
 * @returns the leaves by key path as `formatPath` writes it, e.g. `model.depth`: a key with a dot is
 * quoted.
 */
export function flatten(config: unknown): Map<string, unknown> {
  return new Map(
    [...leavesOf(config)].map(([keys, value]) => [formatPath(keys), value]),
  );
}
