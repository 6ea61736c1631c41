/**
 * The state behind an ADict or an array inside one. It lives beside the proxies in a WeakMap: a
 * proxy over a class with `#private` fields throws.
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
  /** What holds the data; for mappings the proxy's target itself. */
  readonly data: Record<string, unknown> | unknown[];
  /** The proxy that users hold. */
  proxy: object;
  /** The container that this one lies in. */
  parent: Node | undefined;
  /** Its key there. */
  key: string;
  /** Whether reading a missing key gives a child that comes to be when it is written to. */
  auto: boolean;
  /** Whether writes are refused. Only the flag of the outermost frozen container matters. */
  frozen: boolean;
  /** Children that were read but not yet written to. */
  pending: Map<string, Node> | undefined;
  /** True while this node is such a child: a placeholder for a key that is not there. */
  isPending: boolean;
  /** Which line of which file set a key; forgotten when the key is written anew. */
  origins: Map<string, Origin> | undefined;
  /** The keys that were read, if any were: most containers of a large config never are. */
  accessed: Set<string> | undefined;
  /** Whether its data was given away as a copy: what is read of that is not seen. */
  escaped: boolean;
  /** Properties under symbols, if there are any: no data. */
  symbols: Map<symbol, unknown> | undefined;
}

const nodes = new WeakMap<object, Node>();

// Above 0 while the library itself reads: that is no access by the user.
let silent = 0;

/** Makes a node and registers its proxy. */
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

/** Makes the proxy of a node known. */
export function registerProxy(node: Node, proxy: object): void {
  node.proxy = proxy;
  nodes.set(proxy, node);
  nodes.set(node.data, node);
}

/** The node behind a proxy, or `undefined` for any other value. */
export function nodeOf(value: unknown): Node | undefined {
  return typeof value === "object" && value !== null
    ? nodes.get(value)
    : undefined;
}

/** Runs `fn` without counting what it reads as accesses. */
export function silently<T>(fn: () => T): T {
  silent++;
  try {
    return fn();
  } finally {
    silent--;
  }
}

/** Notes that the user read a key. */
export function markAccess(node: Node, key: string): void {
  if (silent === 0) (node.accessed ??= new Set()).add(key);
}

/** Notes that the user got the data as a copy. */
export function markEscape(node: Node): void {
  if (silent === 0) node.escaped = true;
}

/** Notes where a key was set. */
export function setOrigin(node: Node, key: string, origin: Origin): void {
  (node.origins ??= new Map()).set(key, origin);
}

/** The keys from the root to a key of the node. */
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

/** How many levels there are down to the node, itself counted. */
export function depthOf(node: Node): number {
  let depth = 0;
  for (let at: Node | undefined = node; at !== undefined; at = at.parent) {
    depth++;
  }
  return depth;
}

/** Whether the node, or a container around it, is frozen. */
export function isFrozen(node: Node): boolean {
  for (let at: Node | undefined = node; at !== undefined; at = at.parent) {
    if (at.frozen) return true;
  }
  return false;
}

/** Throws if the node, or a container around it, is frozen. */
export function assertWritable(node: Node, key: string): void {
  if (isFrozen(node)) {
    throw new FrozenConfigError(formatPath(pathOf(node, key)));
  }
}

/** Puts a pending child, and the pending ones around it, into the tree. */
export function materialize(node: Node): void {
  if (!node.isPending) return;
  node.isPending = false;
  // Its key was set otherwise meanwhile: it belongs to the config no more.
  if (node.parent === undefined) return;
  materialize(node.parent);
  node.parent.pending?.delete(node.key);
  setOwn(node.parent.data, node.key, node.proxy);
}

/** The key path that a placeholder stands for, as `formatPath` writes it. */
export function placeholderPath(node: Node): string {
  return formatPath(node.parent === undefined ? [node.key] : pathOf(node));
}

/** Reads an own data property. */
export function readData(node: Node, key: string): unknown {
  return getOwn(node.data as Record<string, unknown>, key);
}

/** Tells observers of a write. */
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
