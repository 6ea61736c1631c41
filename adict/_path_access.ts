import { MAX_DEPTH } from "../internal/limits.ts";
import { writeKey } from "./_mapping_handler.ts";
import { markAccess, type Node, nodeOf, pathOf, readData } from "./_node.ts";
import { formatPath, shortPath } from "../internal/key_path.ts";

/** A dotted path, or its keys one by one. */
export type PathLike = string | readonly (string | number)[];

/** The next key, and the rest of the path. */
type Step = [key: string, rest: PathLike | undefined];

/**
 * Checks a path before anything is read or written along it.
 *
 * @throws {TypeError} If it is neither a string nor a list of strings and numbers.
 * @throws {RangeError} If it has more keys than a config has levels.
 */
function checkPath(path: PathLike, action: string): void {
  const isList = Array.isArray(path);
  if (
    typeof path !== "string" &&
    !(isList && path.every((key) => ["string", "number"].includes(typeof key)))
  ) {
    throw new TypeError(
      `Cannot ${action} by path: give keys joined by dots, or a list of keys, which are strings or numbers`,
    );
  }
  const keys = isList ? path : (path as string).split(".");
  if (keys.length > MAX_DEPTH) {
    throw new RangeError(
      `Cannot ${action} "${
        shortPath(keys)
      }": the path has ${keys.length} keys, and a config has at most ${MAX_DEPTH} levels`,
    );
  }
}

/**
 * Takes the next key from a path. In a dotted path that is the longest prefix that is a key of the
 * container, or if there is none, the part before the first dot.
 */
function nextStep(node: Node, path: PathLike): Step {
  if (typeof path !== "string") {
    return [String(path[0]), path.length === 1 ? undefined : path.slice(1)];
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
  root: Node,
  path: PathLike,
  fallback: unknown,
): unknown {
  checkPath(path, "read");
  if (path.length === 0 && typeof path !== "string") return root.proxy;
  let node = root;
  let left = path;
  while (true) {
    const [key, rest] = nextStep(node, left);
    if (!Object.hasOwn(node.data, key)) return fallback;
    markAccess(node, key);
    const value = readData(node, key);
    if (rest === undefined) return value;
    const child = nodeOf(value);
    if (child === undefined) return fallback;
    node = child;
    left = rest;
  }
}

/** Sets along a path; what is no container on the way is replaced by a mapping. */
export function setAlong(root: Node, path: PathLike, value: unknown): void {
  checkPath(path, "set");
  if (path.length === 0 && typeof path !== "string") {
    throw new RangeError("Cannot set by path: the path is empty; give a key");
  }
  let node = root;
  let left = path;
  while (true) {
    const [key, rest] = nextStep(node, left);
    if (rest === undefined) return writeItem(node, key, value);
    if (nodeOf(readData(node, key)) === undefined) writeItem(node, key, {});
    node = nodeOf(readData(node, key))!;
    left = rest;
  }
}

function writeItem(node: Node, key: string, value: unknown): void {
  if (!Array.isArray(node.data)) return writeKey(node, key, value);
  const { length } = node.data;
  if (!/^(?:0|[1-9]\d*)$/.test(key) || Number(key) > length) {
    throw new RangeError(
      `Cannot set "${
        formatPath(pathOf(node, key))
      }": the list has ${length} items; give an index from 0 to ${length}`,
    );
  }
  (node.proxy as Record<string, unknown>)[key] = value;
}
