import { isPlainList, isPlainObject } from "../../../internal/objects.ts";
import { Descent } from "../../../internal/descent.ts";
import { MAX_HOLES } from "../../../internal/limits.ts";
import { Leaf, ListNode, MapNode, stringKey, type TreeNode } from "../_tree.ts";

/** Fills a list; an empty place becomes `undefined`, and too many of them are refused. */
function fillList(
  list: ListNode,
  items: readonly unknown[],
  descent: Descent,
): void {
  let holes = 0;
  for (let i = 0; i < items.length; i++) {
    if (!(i in items) && ++holes > MAX_HOLES) {
      throw new RangeError(
        `Cannot take a list: it has more than ${MAX_HOLES} empty places`,
      );
    }
    list.push(fromPlain(items[i], descent));
  }
}

/** Converts plain data to a tree whose strings are not interpolations. */
export function fromPlain(
  value: unknown,
  descent: Descent = new Descent(),
): TreeNode {
  const isList = isPlainList(value);
  if (!isList && !isPlainObject(value)) return new Leaf(value, undefined, true);
  const fault = descent.enter(value);
  if (fault !== undefined) throw new TypeError(`Cannot take a value: ${fault}`);
  const node = isList ? new ListNode() : new MapNode();
  if (node instanceof ListNode) {
    fillList(node, value as unknown[], descent);
  } else {
    for (const [key, item] of Object.entries(value)) {
      node.set(stringKey(key), fromPlain(item, descent));
    }
  }
  descent.leave(value);
  return node;
}
