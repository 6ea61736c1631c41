import { writeKey } from "./_mapping_handler.ts";
import { markAccess, type Node, nodeOf, readData } from "./_node.ts";

/** A dotted path, or its keys one by one. */
export type PathLike = string | readonly (string | number)[];

/** The next key, and what is left of the path. */
type Step = [key: string, rest: PathLike | undefined];

/**
 * Takes the next key off a path. In a dotted path that is the longest beginning which is a key of
 * the container as it stands, otherwise what is in front of the first dot.
 */
function nextStep(node: Node, path: PathLike): Step {
  if (typeof path !== "string") {
    const [key, ...rest] = path;
    return [String(key), rest.length === 0 ? undefined : rest];
  }
  if (Object.hasOwn(node.data, path)) return [path, undefined];
  for (
    let dot = path.lastIndexOf(".");
    dot >= 0;
    dot = dot === 0 ? -1 : path.lastIndexOf(".", dot - 1)
  ) {
    const key = path.slice(0, dot);
    if (Object.hasOwn(node.data, key)) return [key, path.slice(dot + 1)];
  }
  const dot = path.indexOf(".");
  return dot < 0
    ? [path, undefined]
    : [path.slice(0, dot), path.slice(dot + 1)];
}

/** Reads along a path; numbers lead into arrays. */
export function getAlong(
  node: Node,
  path: PathLike,
  fallback: unknown,
): unknown {
  if (path.length === 0 && typeof path !== "string") return node.proxy;
  const [key, rest] = nextStep(node, path);
  if (!Object.hasOwn(node.data, key)) return fallback;
  markAccess(node, key);
  const value = readData(node, key);
  if (rest === undefined) return value;
  const child = nodeOf(value);
  return child === undefined ? fallback : getAlong(child, rest, fallback);
}

/** Sets along a path; what is no container on the way is replaced by a mapping. */
export function setAlong(node: Node, path: PathLike, value: unknown): void {
  if (path.length === 0 && typeof path !== "string") {
    throw new RangeError("Cannot set by path: the path is empty; give a key");
  }
  const [key, rest] = nextStep(node, path);
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
