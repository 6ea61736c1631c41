/**
 * Observing a config: how a Scope learns who set what.
 *
 * A write is reported where it happens, with the whole key path from the root. A write of a mapping
 * or an array is one event with that value; the observer works out what changed inside.
 * Writes inside arrays (`config.layers.push(8)`, `config.layers[0] = 1`) are reported too, with the
 * index (or `length`) as the last key. A write costs one comparison while nobody observes.
 *
 * On the dot of an auto config a missing key reads as a mapping, so nothing is missing there.
 *
 * @module
 */
import type {
  ConfigListeners,
  ConfigWrite,
} from "../internal/config_access.ts";
import type { Node } from "./_node.ts";

const observers = new Map<Node, Set<ConfigListeners>>();

/**
 * Observes a config and all that lies in it.
 *
 * @param node The config.
 * @param listeners What to call.
 * @returns a function that stops it.
 */
export function observe(node: Node, listeners: ConfigListeners): () => void {
  const set = observers.get(node) ?? new Set();
  set.add(listeners);
  observers.set(node, set);
  return () => {
    set.delete(listeners);
    // Otherwise a node that was observed once would never be freed.
    if (set.size === 0) observers.delete(node);
  };
}

/** Tells the observers of a node, and of the containers around it, of a key that is not there. */
export function notifyMissing(node: Node, key: string): void {
  if (observers.size === 0) return;
  const path = [key];
  for (let at: Node | undefined = node; at !== undefined; at = at.parent) {
    for (const one of [...observers.get(at) ?? []]) {
      one.missing?.([...path], notifyMissing);
    }
    path.unshift(at.key);
  }
}

/** Tells the observers of a node, and of the containers around it, of a write. */
export function notifyWrite(node: Node, makeEvent: () => ConfigWrite): void {
  if (observers.size === 0) return;
  let event: ConfigWrite | undefined;
  for (
    let at: Node | undefined = node, depth = 0;
    at !== undefined;
    at = at.parent
  ) {
    for (const one of [...observers.get(at) ?? []]) {
      event ??= makeEvent();
      const path = event.path.slice(event.path.length - depth - 1);
      one.write?.({ ...event, path }, notifyWrite);
    }
    depth++;
  }
}
