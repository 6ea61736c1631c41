import { Fault } from "./errors.ts";

/**
 * Returns an item of a list whose length was checked before.
 *
 * @param items The list.
 * @param index The position, from 0.
 * @returns the item.
 * @throws {Fault} If there is no item at the position.
 */
export function itemAt<T>(items: ArrayLike<T>, index: number): T {
  const item = items[index];
  if (item === undefined) {
    throw new Fault(`there is no item ${index} in a list of ${items.length}`);
  }
  return item;
}
