import { refusePlaceholder } from "./_adopt.ts";
import { isPlainObject } from "../internal/objects.ts";
import { writeKey } from "./_mapping_handler.ts";
import { type Node, nodeOf, readData } from "./_node.ts";

/** Returns the content of a value that is a plain mapping or a mapping of a config. */
function mappingData(value: unknown): Record<string, unknown> | undefined {
  refusePlaceholder(value);
  const data = nodeOf(value)?.data ?? value;
  if (nodeOf(value) === undefined && !isPlainObject(data)) return undefined;
  return Array.isArray(data) ? undefined : data as Record<string, unknown>;
}

function childMapping(node: Node, key: string): Node | undefined {
  const child = nodeOf(readData(node, key));
  return child === undefined || Array.isArray(child.data) ? undefined : child;
}

/** Sets a key to its value in a source; if the source is a config, with its origin there. */
export function takeKey(
  node: Node,
  key: string,
  source: Record<string, unknown>,
): void {
  writeKey(node, key, source[key], nodeOf(source)?.origins?.get(key));
}

/** Sets every key of `source`, and merges mappings into mappings. */
export function mergeDeep(node: Node, source: Record<string, unknown>): void {
  for (const key of Object.keys(source)) {
    const below = mappingData(source[key]);
    const child = childMapping(node, key);
    if (below !== undefined && child !== undefined) mergeDeep(child, below);
    else takeKey(node, key, source);
  }
}

/** Sets the keys of `source` that are missing in the config, in nested mappings too. */
export function mergeAbsent(node: Node, source: Record<string, unknown>): void {
  for (const key of Object.keys(source)) {
    if (!Object.hasOwn(node.data, key)) {
      takeKey(node, key, source);
      continue;
    }
    const below = mappingData(source[key]);
    const child = childMapping(node, key);
    if (below !== undefined && child !== undefined) mergeAbsent(child, below);
  }
}
