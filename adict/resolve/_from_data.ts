import { isPlainObject } from "../_adopt.ts";
import { Leaf, ListNode, MapNode, stringKey, type TreeNode } from "./_tree.ts";

/** Plain data as a tree. */
export function fromPlain(
  value: unknown,
  around: readonly object[] = [],
): TreeNode {
  const isList = Array.isArray(value);
  if (!isList && !isPlainObject(value)) return new Leaf(value);
  if (around.includes(value)) {
    throw new TypeError("Cannot take a value: it contains itself");
  }
  const inner = [...around, value];
  if (isList) {
    const list = new ListNode();
    for (const item of value) list.push(fromPlain(item, inner));
    return list;
  }
  const map = new MapNode();
  for (const [key, item] of Object.entries(value)) {
    map.set(stringKey(key), fromPlain(item, inner));
  }
  return map;
}
