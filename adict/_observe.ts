/**
 * Observing the writes to a config: how a Scope learns who set what. Internal to this package.
 *
 * A write is reported where it happens, with the whole key path from the root. A write of a mapping
 * or an array is one event with that value; what changed inside is for the observer to work out.
 * Writes inside arrays (`config.layers.push(8)`, `config.layers[0] = 1`) are reported too, with the
 * index (or `length`) as the last key. Costs one comparison a write while nobody observes.
 *
 * @module
 */
import { type Node, nodeOf } from "./_node.ts";

/** One write to a config. */
export interface WriteEvent {
  /** The keys from the root on. */
  readonly path: string[];
  /** Whether the key was set or deleted. */
  readonly kind: "set" | "delete";
  /** What is there now: a plain value, an ADict or an array of the config. */
  readonly value: unknown;
  /** What was there before. */
  readonly previous: unknown;
  /** Whether the key was there before. */
  readonly hadPrevious: boolean;
}

/** Gets each write as it happens. */
export type WriteListener = (event: WriteEvent) => void;

/** Gets the key path of a key that was read, without a fallback, and is not there. */
export type MissingListener = (path: string[]) => void;

const listeners = new Map<Node, Set<WriteListener>>();
const missing = new Map<Node, Set<MissingListener>>();

/**
 * Observes every write to a config and to all that lies in it.
 *
 * @param config An ADict.
 * @param listener Gets each write, after it happened.
 * @returns a function that ends it.
 * @throws {TypeError} if `config` is not an ADict.
 */
export function observeWrites(
  config: object,
  listener: WriteListener,
): () => void {
  return listen(listeners, config, listener);
}

/**
 * Observes every reading, on the dot or by `get`, of a key that a config, or what lies in it, does
 * not have. On the dot of an auto config such a key reads as a mapping, so nothing is missing there.
 *
 * @param config An ADict.
 * @param listener Gets the key path, before `undefined` is given.
 * @returns a function that ends it.
 * @throws {TypeError} if `config` is not an ADict.
 */
export function observeMissing(
  config: object,
  listener: MissingListener,
): () => void {
  return listen(missing, config, listener);
}

function listen<L>(
  all: Map<Node, Set<L>>,
  config: object,
  listener: L,
): () => void {
  const node = nodeOf(config);
  if (node === undefined) {
    throw new TypeError("Cannot observe a config: the value is not an ADict");
  }
  const set = all.get(node) ?? new Set();
  set.add(listener);
  all.set(node, set);
  return () => {
    set.delete(listener);
    // Otherwise a node once observed would never be freed.
    if (set.size === 0) all.delete(node);
  };
}

/** Tells the observers of a node, and of the containers around it, of a key that is not there. */
export function notifyMissing(node: Node, key: string): void {
  if (missing.size === 0) return;
  const path = [key];
  for (let at: Node | undefined = node; at !== undefined; at = at.parent) {
    for (const listener of [...missing.get(at) ?? []]) listener([...path]);
    path.unshift(at.key);
  }
}

/** Tells the observers of a node and of the containers around it. */
export function notifyWrite(node: Node, makeEvent: () => WriteEvent): void {
  if (listeners.size === 0) return;
  let event: WriteEvent | undefined;
  for (
    let at: Node | undefined = node, depth = 0;
    at !== undefined;
    at = at.parent
  ) {
    const set = listeners.get(at);
    if (set !== undefined) {
      event ??= makeEvent();
      const path = event.path.slice(event.path.length - depth - 1);
      for (const listener of [...set]) listener({ ...event, path });
    }
    depth++;
  }
}
