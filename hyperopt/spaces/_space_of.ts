import { FlatSpace } from "./_flat_space.ts";
import { keysOf } from "./_searched_leaves.ts";
import type { Dimension, Space } from "./space.ts";

/**
 * Makes a space from its dimensions, e.g. those that a journal has.
 *
 * @param dimensions The dimensions; each comes after the one that its `when` names.
 * @returns the space.
 */
export function spaceOf<C>(dimensions: readonly Dimension[]): Space<C> {
  const all: ReadonlyMap<number, readonly number[]>[] = [];
  const leaves = dimensions.map((dimension) => {
    const { when } = dimension;
    const conditions = when === undefined
      ? new Map<number, readonly number[]>()
      : new Map([...all[when.dimension]!, [when.dimension, when.positions]]);
    all.push(conditions);
    return { dimension, keys: keysOf(dimension), conditions };
  });
  return new FlatSpace<C>(leaves);
}
