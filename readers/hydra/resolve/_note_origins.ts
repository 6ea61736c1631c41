import { type Node, nodeOf, setOrigin } from "../../../adict/_node.ts";
import { type Branch, childOf, isBranch } from "./_tree.ts";

/** Notes with each key of a container where it was set, as the tree tells that it was made of. */
export function noteOrigins(node: Node, tree: Branch): void {
  for (const key of Object.keys(node.data)) {
    const item = childOf(tree, key);
    if (item === undefined) continue;
    if (item.at !== undefined) setOrigin(node, key, item.at);
    const below = nodeOf((node.data as Record<string, unknown>)[key]);
    if (below !== undefined && isBranch(item)) noteOrigins(below, item);
  }
}
