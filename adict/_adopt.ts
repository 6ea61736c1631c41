/**
 * Stores values in a config: plain objects and arrays become containers of the tree, other values stay as
 * they are.
 *
 * @module
 */
import { arrayHandler } from "./_array_handler.ts";
import { Descent } from "../internal/descent.ts";
import { MAX_HOLES } from "../internal/limits.ts";
import { MissingKeyError, NestingError } from "./errors.ts";
import { isPlainList, isPlainObject, setOwn } from "../internal/objects.ts";
import { formatPath, shortPath } from "../internal/key_path.ts";
import {
  createNode,
  depthOf,
  markEscape,
  type Node,
  nodeOf,
  pathOf,
  placeholderPath,
  registerProxy,
} from "./_node.ts";

/** Makes the node of a mapping; `adict.ts`, which imports this file, sets it. */
let makeMapping: (auto: boolean) => Node = () => {
  throw new Error("Cannot store a value in a config: adict.ts is not loaded");
};

/** Sets the function that makes mappings. */
export function setMappingFactory(factory: (auto: boolean) => Node): void {
  makeMapping = factory;
}

/**
 * Prepares a value for a container. Mappings and arrays are copied, so that every container has one place in
 * one tree.
 *
 * @param value The value.
 * @param parent The container.
 * @param key Its key there.
 * @returns the value to store.
 * @throws {MissingKeyError} If it contains a missing key of an auto config.
 * @throws {NestingError} If the value contains itself, or nests too deeply.
 */
export function adopt(value: unknown, parent: Node, key: string): unknown {
  if (typeof value !== "object" || value === null) return value;
  return adoptBelow(
    value,
    parent,
    key,
    new Descent(depthOf(parent), contentOf),
  );
}

/** The mapping or list that a value stands for, without reading through the proxy of a config. */
function contentOf(value: unknown): object | undefined {
  const source = nodeOf(value)?.data ?? value;
  return isPlainObject(source) || isPlainList(source) ? source : undefined;
}

function adoptBelow(
  value: unknown,
  parent: Node,
  key: string,
  descent: Descent,
): unknown {
  const container = nodeOf(value);
  if (container !== undefined) {
    refusePlaceholder(value, () => pathOf(parent, key));
    markEscape(container);
  }
  const source = container?.data ?? value;
  const isMapping = container !== undefined
    ? !Array.isArray(source)
    : isPlainObject(source);
  if (!isMapping && !isPlainList(source)) {
    refuseInside(value, () => pathOf(parent, key));
    return value;
  }
  const content = source as Record<string, unknown>;
  const fault = descent.enter(content);
  if (fault !== undefined) throw new NestingError(pathOf(parent, key), fault);
  const child = isMapping ? makeMapping(parent.auto) : createArray(parent.auto);
  child.parent = parent;
  child.key = key;
  const origins = nodeOf(value)?.origins;
  if (origins !== undefined) child.origins = new Map(origins);
  fill(child, content, descent);
  descent.leave(content);
  return child.proxy;
}

/**
 * Refuses the placeholder of a missing key of an auto config: a caller that stores it expects `undefined`,
 * as in `config.lr = config.base_lr ?? 0.1`.
 *
 * @param value The value to be stored or copied.
 * @param target The key path of the write, if it is a write.
 * @throws {MissingKeyError} If it is a placeholder; it names the missing key.
 */
export function refusePlaceholder(
  value: unknown,
  target?: () => readonly string[],
): void {
  const node = nodeOf(value);
  if (node?.isPending !== true) return;
  const path = placeholderPath(node);
  const use = target === undefined
    ? "taken as a mapping"
    : `stored as "${formatPath(target())}"`;
  throw new MissingKeyError(
    path,
    `there is no such key, and the empty mapping that an auto config returns for it cannot be ${use}; ` +
      `set the key first, or read it as get(${
        JSON.stringify(node.key)
      }, fallback)`,
  );
}

/** Refuses placeholders in values that are stored as they are: maps, sets, the fields of an instance. */
function refuseInside(value: unknown, target: () => readonly string[]): void {
  const seen = new Set<unknown>();
  // A list instead of recursion, because maps can nest to any depth.
  const open = [value];
  while (open.length > 0) {
    const at = open.pop();
    if (typeof at !== "object" || at === null || seen.has(at)) continue;
    seen.add(at);
    refusePlaceholder(at, target);
    // The values of a config were checked when they were stored.
    if (nodeOf(at) !== undefined) continue;
    for (const item of itemsOf(at)) {
      // The fields of an instance are not followed further: they can lead anywhere.
      if (isInstance(at)) refusePlaceholder(item, target);
      else open.push(item);
    }
  }
}

function* itemsOf(value: object): Generator<unknown> {
  if (value instanceof Map) yield* value.keys();
  if (value instanceof Map || value instanceof Set) yield* value.values();
  else if (Array.isArray(value)) yield* value;
  else if (isPlainObject(value) || isInstance(value)) {
    for (
      const field of Object.values(Object.getOwnPropertyDescriptors(value))
    ) yield field.value;
  }
}

/** Tells whether a value is an instance of a class without a tag of its own; tensors have one. */
function isInstance(value: object): boolean {
  return !isPlainObject(value) &&
    Object.prototype.toString.call(value) === "[object Object]";
}

function fill(
  node: Node,
  content: Record<string, unknown>,
  descent: Descent,
): void {
  if (Array.isArray(content)) return fillArray(node, content, descent);
  for (const key of Object.keys(content)) {
    setOwn(node.data, key, adoptBelow(content[key], node, key, descent));
  }
}

/** Fills an array by index, which is several times as fast as by key for long arrays. */
function fillArray(
  node: Node,
  content: readonly unknown[],
  descent: Descent,
): void {
  const items = node.data as unknown[];
  let holes = 0;
  for (let i = 0; i < content.length; i++) {
    const item = content[i];
    if (typeof item === "object" && item !== null) {
      items.push(adoptBelow(item, node, String(i), descent));
    } else if (item === undefined && !(i in content)) {
      if (++holes > MAX_HOLES) throw gapFault(node, String(i));
      items.length = i + 1;
    } else items.push(item);
  }
}

/** Makes the error for a list with too many empty places. */
export function gapFault(node: Node, key: string): RangeError {
  return new RangeError(
    `Cannot set "${
      shortPath(pathOf(node, key))
    }": the list would have more than ${MAX_HOLES} empty places; fill them, or use a mapping`,
  );
}

function createArray(auto: boolean): Node {
  const node = createNode([], auto);
  registerProxy(node, new Proxy(node.data, arrayHandler(node)));
  return node;
}

/** Detaches a container from the place that it leaves. */
export function release(value: unknown): void {
  const node = nodeOf(value);
  if (node !== undefined) node.parent = undefined;
}
