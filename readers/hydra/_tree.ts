/**
 * A config as a tree whose values know their place: what interpolations are resolved in, and what Hydra's
 * configs are composed of.
 *
 * @module
 */
import { formatKey, formatPath } from "../../internal/key_path.ts";
import type { Origin } from "../../internal/origin.ts";
import type { KeyOrigins, Origins } from "../origins.ts";

/** A number that is a float whatever its value: `1.0` is written "1.0", not "1". */
export class Float {
  /** The number. */
  readonly value: number;

  /** @param value The number. */
  constructor(value: number) {
    this.value = value;
  }
}

/** What is no container: the values of JSON, wide integers, floats, and what else a config may hold. */
export type Scalar = unknown;

/** A value that is no container. */
export class Leaf {
  parent: Branch | undefined;
  key = "";
  value: Scalar;
  at: Origin | undefined;
  /** Whether it is a result: a text that is not an interpolation any more, whatever it looks like. */
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

/** A list. */
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

/** The index that a text is as Python's `int` reads it: `01`, `+1` and `1_0` are some. */
export function listIndex(text: string): number | undefined {
  return /^\s*[+-]?\d+(?:_\d+)*\s*$/.test(text)
    ? Number(text.replaceAll("_", ""))
    : undefined;
}

/** Whether a node is a container. */
export function isBranch(node: TreeNode | undefined): node is Branch {
  return node instanceof MapNode || node instanceof ListNode;
}

/** Whether a node is the mark of a value that must be given. */
export function isMandatory(node: TreeNode | undefined): boolean {
  return node instanceof Leaf && node.value === "???" && !node.isFinal;
}

// Keys that are no strings are marked by a NUL, so that 1 and "1" are two keys; so are strings that
// begin with one.

/** The key of a mapping for a string. */
export function stringKey(key: string): string {
  return key.startsWith("\0") ? `\0${key}` : key;
}

/** The key of a mapping for a number or a boolean, given as text. */
export function otherKey(text: string): string {
  return `\0${text}`;
}

/** The text of a key. */
export function keyText(key: string): string {
  return key.startsWith("\0") ? key.slice(1) : key;
}

/** The keys from the root to a node. */
export function pathOfNode(node: TreeNode): string[] {
  const path: string[] = [];
  for (
    let at: TreeNode = node;
    at.parent !== undefined;
    at = at.parent
  ) path.unshift(keyText(at.key));
  return path;
}

/** The path of a node as text. */
export function pathText(node: TreeNode): string {
  return formatPath(pathOfNode(node));
}

/** The root of the tree that a node is in. */
export function rootOf(node: TreeNode): TreeNode {
  let at = node;
  while (at.parent !== undefined) at = at.parent;
  return at;
}

/** A copy that belongs to no tree. */
export function copyNode(node: TreeNode): TreeNode {
  if (node instanceof Leaf) return new Leaf(node.value, node.at);
  if (node instanceof ListNode) {
    const copy = new ListNode(node.at);
    for (const item of node.items) copy.push(copyNode(item));
    return copy;
  }
  const copy = new MapNode(node.at);
  for (const [key, item] of node.items) copy.set(key, copyNode(item));
  return copy;
}

/** The children of a container. */
export function children(node: Branch): Iterable<TreeNode> {
  return node instanceof MapNode ? node.items.values() : node.items;
}

/** The origins of the values of a container, by the keys that they have as plain data. */
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

/** The child of a container that became a key of a config. */
function childOf(node: Branch, key: string): TreeNode | undefined {
  if (node instanceof ListNode) return node.get(key);
  return node.get(stringKey(key)) ?? node.get(otherKey(key));
}

/** Notes the whole numbers among the floats of a value. */
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
