import { toPlain, valueAt } from "../../internal/config_data.ts";
import { splitPath } from "../../internal/key_path.ts";
import type { Dimension, Space } from "./space.ts";

const keysOfDimension = new WeakMap<Dimension, readonly string[]>();

/** Remembers the keys of the path of a dimension. */
export function rememberKeys(
  dimension: Dimension,
  keys: readonly string[],
): void {
  keysOfDimension.set(dimension, keys);
}

/** Returns the keys of the path of a dimension. */
export function keysOf(dimension: Dimension): readonly string[] {
  return keysOfDimension.get(dimension) ?? splitPath(dimension.path);
}

/** Lists the searched keys that a config has, with their values. */
export function searchedLeaves(
  space: Space<unknown>,
  config: unknown,
): [keys: readonly string[], value: unknown][] {
  return space.dimensions.flatMap((dimension) => {
    const keys = keysOf(dimension);
    const value = plainValueAt(config, keys);
    return value === undefined ? [] : [[keys, value]];
  });
}

/**
 * Returns a plain copy of the value at some keys; `undefined` if one is missing. Reading it does not count as
 * an access.
 */
export function plainValueAt(
  config: unknown,
  keys: readonly string[],
): unknown {
  return toPlain(valueAt(config, keys)?.value);
}
