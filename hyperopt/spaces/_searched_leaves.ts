import { ADict } from "../../adict/mod.ts";
import type { Dimension, Space } from "./space.ts";

const keysOfDimension = new WeakMap<Dimension, readonly string[]>();

/** Keeps the keys that the path of a dimension is made of. */
export function rememberKeys(
  dimension: Dimension,
  keys: readonly string[],
): void {
  keysOfDimension.set(dimension, keys);
}

/** The keys that the path of a dimension is made of. */
export function keysOf(dimension: Dimension): readonly string[] {
  return keysOfDimension.get(dimension) ?? dimension.path.split(".");
}

/** The searched keys that a config holds, with their values. */
export function searchedLeaves(
  space: Space<unknown>,
  config: unknown,
): [keys: readonly string[], value: unknown][] {
  return space.dimensions.flatMap((dimension) => {
    const keys = keysOf(dimension);
    const value = valueAt(config, keys);
    return value === undefined ? [] : [[keys, value]];
  });
}

/** The value below some keys, if each of them is there. Reading it counts as no access. */
export function valueAt(config: unknown, keys: readonly string[]): unknown {
  let value = config;
  for (const key of keys) {
    if (value instanceof ADict) value = value.toObject();
    if (
      typeof value !== "object" || value === null || !Object.hasOwn(value, key)
    ) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}
