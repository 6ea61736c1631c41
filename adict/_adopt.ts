/**
 * Taking values into a config: plain objects and arrays become containers of the tree, everything
 * else stays what it is.
 *
 * @module
 */
import { arrayHandler } from "./_array_handler.ts";
import { formatPath } from "./key_path.ts";
import {
  createNode,
  defineData,
  markEscape,
  type Node,
  nodeOf,
  pathOf,
  registerProxy,
} from "./_node.ts";

/** Makes the ADict of a node; set once by `adict.ts`, which needs this file itself. */
let makeMapping: (auto: boolean) => Node = () => {
  throw new Error("Cannot take a value into a config: adict.ts is not loaded");
};

/** Tells this file how mappings are made. */
export function setMappingFactory(factory: (auto: boolean) => Node): void {
  makeMapping = factory;
}

/** Whether a value is a mapping by its kind: an object literal, or one without a prototype. */
export function isPlainObject(
  value: unknown,
): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: object | null = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return true;
  // The `Object.prototype` of another realm: test runners and `node:vm` have their own.
  return Object.getPrototypeOf(prototype) === null &&
    Object.hasOwn(prototype, "isPrototypeOf");
}

/**
 * Takes a value into a container. Mappings and arrays are copied, so that every container has one
 * place in one tree.
 *
 * @returns what is to be stored.
 * @throws {TypeError} if the value contains itself.
 */
export function adopt(value: unknown, parent: Node, key: string): unknown {
  return adoptBelow(value, parent, key, []);
}

function adoptBelow(
  value: unknown,
  parent: Node,
  key: string,
  around: object[],
): unknown {
  const container = nodeOf(value);
  if (container !== undefined) markEscape(container);
  const source = container?.data ?? value;
  const isMapping = container !== undefined
    ? !Array.isArray(source)
    : isPlainObject(source);
  if (!isMapping && !Array.isArray(source)) return value;
  const content = source as Record<string, unknown>;
  if (around.includes(content)) {
    throw new TypeError(
      `Cannot set "${
        formatPath(pathOf(parent, key))
      }": the value contains itself`,
    );
  }
  const child = isMapping ? makeMapping(parent.auto) : createArray(parent.auto);
  child.parent = parent;
  child.key = key;
  const origins = nodeOf(value)?.origins;
  if (origins !== undefined) child.origins = new Map(origins);
  fill(child, content, [...around, content]);
  return child.proxy;
}

function fill(
  node: Node,
  content: Record<string, unknown>,
  around: object[],
): void {
  if (Array.isArray(content)) return fillArray(node, content, around);
  for (const key of Object.keys(content)) {
    defineData(node, key, adoptBelow(content[key], node, key, around));
  }
}

/** By index, which is several times as fast as by key for the long arrays that configs may hold. */
function fillArray(
  node: Node,
  content: readonly unknown[],
  around: object[],
): void {
  const items = node.data as unknown[];
  for (let i = 0; i < content.length; i++) {
    const item = content[i];
    if (typeof item === "object" && item !== null) {
      items.push(adoptBelow(item, node, String(i), around));
    } else if (item === undefined && !(i in content)) items.length = i + 1;
    else items.push(item);
  }
}

function createArray(auto: boolean): Node {
  const node = createNode([], auto);
  registerProxy(node, new Proxy(node.data, arrayHandler(node)));
  return node;
}

/** Cuts a container loose from the place that it is leaving. */
export function release(value: unknown): void {
  const node = nodeOf(value);
  if (node !== undefined) node.parent = undefined;
}
