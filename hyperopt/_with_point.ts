import type { ADict, ADictMethods } from "../adict/mod.ts";
import { searchedLeaves } from "./spaces/_searched_leaves.ts";
import type { Point, Space } from "./spaces/space.ts";

/** Copies a config and sets the searched keys of a point. */
export function withPoint<T extends object>(
  baseConfig: ADictMethods<T>,
  space: Space<unknown>,
  point: Point,
): ADict<T> {
  const config = baseConfig.clone();
  for (const [keys, value] of searchedLeaves(space, space.toConfig(point))) {
    config.setByPath(keys, value);
  }
  return config;
}
