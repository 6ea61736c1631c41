import type { Origins } from "../readers/mod.ts";
import { type Node, nodeOf, readData, setOrigin } from "./_node.ts";

/**
 * Gives the keys of a container the origins of the data that it was made from.
 *
 * @param node The container.
 * @param origins The origins; keys that the container does not have are skipped.
 */
export function adoptOrigins(node: Node, origins: Origins): void {
  for (const [key, { at, below }] of origins) {
    if (!Object.hasOwn(node.data, key)) continue;
    if (at !== undefined) setOrigin(node, key, at);
    const child = nodeOf(readData(node, key));
    if (child !== undefined && below !== undefined) adoptOrigins(child, below);
  }
}
