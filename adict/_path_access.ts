import { writeKey } from "./_mapping_handler.ts";
import { markAccess, type Node, nodeOf, readData } from "./_node.ts";

/** Splits a dotted path at its first dot, unless the whole of it is a key of the container. */
function split(
  node: Node,
  path: string,
): [key: string, rest: string | undefined] {
  const dot = path.indexOf(".");
  if (dot < 0 || Object.hasOwn(node.data, path)) return [path, undefined];
  return [path.slice(0, dot), path.slice(dot + 1)];
}

/** Reads along a dotted path; numbers lead into arrays. */
export function getAlong(node: Node, path: string, fallback: unknown): unknown {
  const [key, rest] = split(node, path);
  if (!Object.hasOwn(node.data, key)) return fallback;
  markAccess(node, key);
  const value = readData(node, key);
  if (rest === undefined) return value;
  const child = nodeOf(value);
  return child === undefined ? fallback : getAlong(child, rest, fallback);
}

/** Sets along a dotted path; what is no container on the way is replaced by a mapping. */
export function setAlong(node: Node, path: string, value: unknown): void {
  const [key, rest] = split(node, path);
  if (rest === undefined) return writeItem(node, key, value);
  if (nodeOf(readData(node, key)) === undefined) writeItem(node, key, {});
  const child = nodeOf(readData(node, key));
  if (child !== undefined) setAlong(child, rest, value);
}

function writeItem(node: Node, key: string, value: unknown): void {
  if (!Array.isArray(node.data)) return writeKey(node, key, value);
  if (!/^(0|[1-9]\d*)$/.test(key)) {
    throw new RangeError(
      `Cannot set "${key}" in an array: give an index, from 0`,
    );
  }
  (node.proxy as Record<string, unknown>)[key] = value;
}
