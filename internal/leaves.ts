/**
 * The leaves of a config: what lies at the end of each key path.
 *
 * @module
 */
import { formatPath } from "./key_path.ts";
import { isPlainObject } from "./objects.ts";

/** The keys that lead to a value, and the value. */
export type Leaf = readonly [keys: readonly string[], value: unknown];

/** Returns the entries of a mapping; `undefined` for every other value. */
export type EntriesOf = (value: unknown) => [string, unknown][] | undefined;

/**
 * Lists the leaves of a config. Lists and empty mappings are leaves.
 *
 * @param config The config, however deep.
 * @param entriesOf How to read a mapping. @default {the entries of plain objects}
 * @returns the leaves, in order; none if the value is not a mapping.
 */
export function* leavesOf(
  config: unknown,
  entriesOf: EntriesOf = entriesOfPlain,
): Generator<Leaf> {
  // A stack of its own: a config from a stranger may be deeper than the call stack.
  const rest: Leaf[] = [[[], config]];
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

function entriesOfPlain(value: unknown): [string, unknown][] | undefined {
  return isPlainObject(value) ? Object.entries(value) : undefined;
}
