/**
 * The state of an ADict or of an array inside one. A WeakMap holds it, because a proxy over a class with
 * `#private` fields throws.
 *
 * @module
 */
import { FrozenConfigError } from "./errors.ts";
import { formatPath } from "../internal/key_path.ts";
import { getOwn, setOwn } from "../internal/objects.ts";
import { notifyWrite } from "./_observe.ts";
import type { Origin } from "../internal/origin.ts";

/** A container (mapping or array) in a config tree. */
export interface Node {
  /** The data; for mappings, the target of the proxy. */
  readonly data: Record<string, unknown> | unknown[];
  /** The proxy that callers use. */
  proxy: object;
  /** The container around this one. */
  parent: Node | undefined;
  /** The key in that container. */
  key: string;
  /** Whether reading a missing key returns a child that is stored when it is written. */
  auto: boolean;
  /** Whether writes to this container, and to everything inside it, are refused. */
  frozen: boolean;
  /** The children that were read but not written yet. */
  pending: Map<string, Node> | undefined;
  /** Whether this node is such a child: a placeholder for a missing key. */
  isPending: boolean;
  /** The line of the file that set each key; removed when the key is written again. */
  origins: Map<string, Origin> | undefined;
  /** The keys that were read, if any were. */
  accessed: Set<string> | undefined;
  /** Whether its data was copied: reads of the copy are unknown. */
  escaped: boolean;
  /** The properties under symbols, if there are any; they are not data. */
  symbols: Map<symbol, unknown> | undefined;
}

const nodes = new WeakMap<object, Node>();

// Above 0 while the library itself reads, which does not count as a read by the user.
let silent = 0;

/** Makes a node without a proxy. */
export function createNode(data: Node["data"], auto: boolean): Node {
  return {
    data,
    proxy: data,
    parent: undefined,
    key: "",
    auto,
    frozen: false,
    pending: undefined,
    isPending: false,
    origins: undefined,
    accessed: undefined,
    escaped: false,
    symbols: undefined,
  };
}

/** Registers the proxy of a node. */
export function registerProxy(node: Node, proxy: object): void {
  node.proxy = proxy;
  nodes.set(proxy, node);
  nodes.set(node.data, node);
}

/** Returns the node of a proxy; `undefined` for every other value. */
export function nodeOf(value: unknown): Node | undefined {
  return typeof value === "object" && value !== null
    ? nodes.get(value)
    : undefined;
}

/** Runs `fn` without counting its reads. */
export function silently<T>(fn: () => T): T {
  silent++;
  try {
    return fn();
  } finally {
    silent--;
  }
}

/** Records that the user read a key. */
export function markAccess(node: Node, key: string): void {
  if (silent === 0) (node.accessed ??= new Set()).add(key);
}

/** Records that the user copied the data. */
export function markEscape(node: Node): void {
  if (silent === 0) node.escaped = true;
}

/** Records the origin of a key. */
export function setOrigin(node: Node, key: string, origin: Origin): void {
  (node.origins ??= new Map()).set(key, origin);
}

/** Returns the keys from the root to a node, or to a key of it. */
export function pathOf(node: Node, key?: string): string[] {
  const path = key === undefined ? [] : [key];
  for (
    let at: Node | undefined = node;
    at?.parent !== undefined;
    at = at.parent
  ) {
    path.unshift(at.key);
  }
  return path;
}

/** Returns the number of levels from the root to the node, including both. */
export function depthOf(node: Node): number {
  let depth = 0;
  for (let at: Node | undefined = node; at !== undefined; at = at.parent) {
    depth++;
  }
  return depth;
}

/** Tells whether the node, or a container around it, is frozen. */
export function isFrozen(node: Node): boolean {
  for (let at: Node | undefined = node; at !== undefined; at = at.parent) {
    if (at.frozen) return true;
  }
  return false;
}

/** Refuses a write if the node, or a container around it, is frozen. */
export function assertWritable(node: Node, key: string): void {
  if (isFrozen(node)) {
    throw new FrozenConfigError(formatPath(pathOf(node, key)));
  }
}

/** Stores a pending child, and the pending ones around it, in the tree. */
export function materialize(node: Node): void {
  if (!node.isPending) return;
  node.isPending = false;
  // Its key has been set to another value: it is detached from the config.
  if (node.parent === undefined) return;
  materialize(node.parent);
  node.parent.pending?.delete(node.key);
  setOwn(node.parent.data, node.key, node.proxy);
}

/** Returns the key path of a placeholder, as `formatPath` writes it. */
export function placeholderPath(node: Node): string {
  return formatPath(node.parent === undefined ? [node.key] : pathOf(node));
}

/** Reads an own data property. */
export function readData(node: Node, key: string): unknown {
  return getOwn(node.data as Record<string, unknown>, key);
}

/** Reports a write to observers. */
export function emit(
  node: Node,
  key: string,
  kind: "set" | "delete",
  value: unknown,
  before: { had: boolean; value: unknown },
): void {
  notifyWrite(node, () => ({
    path: pathOf(node, key),
    kind,
    value,
    previous: before.value,
    hadPrevious: before.had,
  }));
}
