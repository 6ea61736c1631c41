/**
 * A config as a tree whose values know their place. Interpolations are resolved in it, and Hydra's configs
 * are composed of it.
 *
 * @module
 */
import { formatKey, formatPath } from "../../internal/key_path.ts";
import type { Origin } from "../../internal/origin.ts";
import type { KeyOrigins, Origins } from "../origins.ts";

/** A number that is a float even if it is whole: `1.0` is written "1.0", not "1". */
export class Float {
  /** The number. */
  readonly value: number;

  /** @param value The number. */
  constructor(value: number) {
    this.value = value;
  }
}

/** A value that is not a container: a scalar of JSON, a bigint, a float, or any other value of a config. */
export type Scalar = unknown;

/** A node for a value that is not a container. */
export class Leaf {
  parent: Branch | undefined;
  key = "";
  value: Scalar;
  at: Origin | undefined;
  /** Whether it is a result: a string that is not resolved again, even if it looks like an interpolation. */
  readonly isFinal: boolean;

  constructor(value: Scalar, at?: Origin, isFinal: boolean = false) {
    this.value = value;
    this.at = at;
    this.isFinal = isFinal;
  }
}

/** A mapping. */
export class MapNode {
  parent: Branch | undefined;
  key = "";
  at: Origin | undefined;
  readonly items: Map<string, TreeNode> = new Map();

  constructor(at?: Origin) {
    this.at = at;
  }

  get(key: string): TreeNode | undefined {
    return this.items.get(key);
  }

  set(key: string, node: TreeNode): void {
    node.parent = this;
    node.key = key;
    this.items.set(key, node);
  }
}

/** A list. A list of a config can have empty places, which `items` has too. */
export class ListNode {
  parent: Branch | undefined;
  key = "";
  at: Origin | undefined;
  items: TreeNode[] = [];

  constructor(at?: Origin) {
    this.at = at;
  }

  get(key: string): TreeNode | undefined {
    const index = listIndex(key);
    return index === undefined ? undefined : this.items[index];
  }

  set(key: string, node: TreeNode): void {
    node.parent = this;
    node.key = key;
    this.items[Number(key)] = node;
  }

  push(node: TreeNode): void {
    this.set(String(this.items.length), node);
  }
}

/** A container. */
export type Branch = MapNode | ListNode;

/** A node of the tree. */
export type TreeNode = Leaf | Branch;

/** Reads an index as Python's `int` does: `01`, `+1` and `1_0` are valid. */
export function listIndex(text: string): number | undefined {
  return /^\s*[+-]?\d+(?:_\d+)*\s*$/.test(text)
    ? Number(text.replaceAll("_", ""))
    : undefined;
}

/** Tells whether a node is a container. */
export function isBranch(node: TreeNode | undefined): node is Branch {
  return node instanceof MapNode || node instanceof ListNode;
}

/** Tells whether a node is `???`, a mandatory value that was not given. */
export function isMandatory(node: TreeNode | undefined): boolean {
  return node instanceof Leaf && node.value === "???" && !node.isFinal;
}

// Keys that are not strings have a NUL as a prefix, so that 1 and "1" are two keys; so do strings that
// start with a NUL.

/** Returns the key of a mapping for a string. */
export function stringKey(key: string): string {
  return key.startsWith("\0") ? `\0${key}` : key;
}

/** Returns the key of a mapping for the text of a number or a boolean. */
export function otherKey(text: string): string {
  return `\0${text}`;
}

/** Returns the text of a key. */
export function keyText(key: string): string {
  return key.startsWith("\0") ? key.slice(1) : key;
}

/** Returns the keys from the root to a node. */
export function pathOfNode(node: TreeNode): string[] {
  const path: string[] = [];
  for (
    let at: TreeNode = node;
    at.parent !== undefined;
    at = at.parent
  ) path.unshift(keyText(at.key));
  return path;
}

/** Returns the path of a node as a string. */
export function pathText(node: TreeNode): string {
  return formatPath(pathOfNode(node));
}

/** Returns the root of the tree of a node. */
export function rootOf(node: TreeNode): TreeNode {
  let at = node;
  while (at.parent !== undefined) at = at.parent;
  return at;
}

/** Returns a copy that is not in a tree. */
export function copyNode(node: TreeNode): TreeNode {
  if (node instanceof Leaf) return new Leaf(node.value, node.at);
  const copy = node instanceof MapNode
    ? new MapNode(node.at)
    : new ListNode(node.at);
  for (const item of children(node)) copy.set(item.key, copyNode(item));
  keepLength(copy, node);
  return copy;
}

/** Gives the copy of a list the length of the list, which can end in empty places. */
export function keepLength(copy: Branch, from: TreeNode): void {
  if (copy instanceof ListNode && from instanceof ListNode) {
    copy.items.length = from.items.length;
  }
}

/** Returns the children of a container; the empty places of a list have none. */
export function children(node: Branch): Iterable<TreeNode> {
  if (node instanceof MapNode) return node.items.values();
  return node.items.filter(() => true); // A loop would yield `undefined` for an empty place.
}

/** Returns the origins of the values of a container, by their keys as plain data. */
export function originsIn(node: Branch): Origins {
  const origins = new Map<string, KeyOrigins>();
  for (const { key } of children(node)) {
    const name = keyText(key);
    const item = childOf(node, name)!;
    const below = isBranch(item) ? originsIn(item) : undefined;
    origins.set(name, { at: item.at, below });
  }
  return origins;
}

/** Returns the child of a container that has a key as plain data. */
function childOf(node: Branch, key: string): TreeNode | undefined {
  if (node instanceof ListNode) return node.get(key);
  return node.get(stringKey(key)) ?? node.get(otherKey(key));
}

/** Records the floats of a value that are whole numbers. */
export function noteFloats(
  node: TreeNode,
  path: string,
  floats: Map<string, number>,
): void {
  if (node instanceof Leaf) {
    const { value } = node;
    if (value instanceof Float && Number.isInteger(value.value)) {
      floats.set(path, value.value);
    }
    return;
  }
  for (const item of children(node)) {
    const key = formatKey(keyText(item.key));
    noteFloats(item, path === "" ? key : `${path}.${key}`, floats);
  }
}
