/**
 * Observes a config, so that a Scope knows what set each key.
 *
 * A write is reported when it happens, with the key path from the root. A write of a mapping or an array is
 * one event with that value; the observer finds the changes inside.
 * Writes inside arrays (`config.layers.push(8)`, `config.layers[0] = 1`) are reported too, with the
 * index (or `length`) as the last key. Without observers, a write costs one comparison.
 *
 * `config.name` of an auto config returns a mapping for a missing key, so no missing key is reported.
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
 * Observes a config and everything in it.
 *
 * @param node The config.
 * @param listeners The functions to call.
 * @returns a function that stops observing.
 */
export function observe(node: Node, listeners: ConfigListeners): () => void {
  const set = observers.get(node) ?? new Set();
  set.add(listeners);
  observers.set(node, set);
  return () => {
    set.delete(listeners);
    // Otherwise a node that was observed would never be freed.
    if (set.size === 0) observers.delete(node);
  };
}

/** Reports a missing key to the observers of a node and of the containers around it. */
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

/** Reports a write to the observers of a node and of the containers around it. */
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
