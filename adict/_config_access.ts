import type { ConfigAccess } from "../internal/config_access.ts";
import type { Origin } from "../internal/origin.ts";
import { copyAccess, surelyUnread } from "./_access.ts";
import { type Node, nodeOf } from "./_node.ts";
import { observe } from "./_observe.ts";
import { toPlain } from "./_plain.ts";

/** Returns the access that other rooms have to a config; using it does not count as reading a key. */
export function accessOf(node: Node): ConfigAccess {
  return {
    data: node.data as Record<string, unknown>,
    snapshot: () => toPlain(node),
    unread: () => surelyUnread(node),
    originAt: (path) => originAt(node, path),
    listen: (listeners) => observe(node, listeners),
    copyReadsTo(copy) {
      const target = nodeOf(copy);
      if (target !== undefined) copyAccess(node, target);
    },
  };
}

function originAt(root: Node, path: readonly string[]): Origin | undefined {
  let node: Node | undefined = root;
  for (const key of path.slice(0, -1)) node = nodeOf(node?.data[key as never]);
  return path.length === 0 ? undefined : node?.origins?.get(path.at(-1)!);
}
