import { adopt, release } from "./_adopt.ts";
import { MAX_DEPTH, TOO_DEEP } from "../internal/limits.ts";
import { MissingKeyError, NestingError } from "./errors.ts";
import { setOwn } from "../internal/objects.ts";
import { formatPath } from "../internal/key_path.ts";
import {
  assertWritable,
  createNode,
  depthOf,
  emit,
  isFrozen,
  markAccess,
  materialize,
  type Node,
  pathOf,
  placeholderPath,
  readData,
  registerProxy,
  setOrigin,
} from "./_node.ts";
import { notifyMissing } from "./_observe.ts";
import type { Origin } from "../internal/origin.ts";

/**
 * Sets a key: every write to a mapping calls it. The origin is that of a value from a config file; a value
 * without one removes the origin of the key.
 */
export function writeKey(
  node: Node,
  key: string,
  value: unknown,
  origin?: Origin,
): void {
  assertWritable(node, key);
  const before = {
    had: Object.hasOwn(node.data, key),
    value: readData(node, key),
  };
  // `config.model = config.model` copies nothing, so that references to the model stay valid.
  const stored = before.had && value === before.value
    ? value
    : adopt(value, node, key);
  materialize(node);
  dropPending(node, key);
  setOwn(node.data, key, stored);
  if (origin !== undefined) setOrigin(node, key, origin);
  else node.origins?.delete(key);
  if (before.value !== stored) release(before.value);
  emit(node, key, "set", stored, before);
}

/** Detaches a child that was read but not written, because its key is now set to another value. */
function dropPending(node: Node, key: string): void {
  const child = node.pending?.get(key);
  if (child === undefined) return;
  child.parent = undefined;
  node.pending?.delete(key);
}

/** Removes a key, and returns whether it existed. */
export function deleteKey(node: Node, key: string): boolean {
  assertWritable(node, key);
  if (!Object.hasOwn(node.data, key)) return false;
  const before = { had: true, value: readData(node, key) };
  delete (node.data as Record<string, unknown>)[key];
  node.origins?.delete(key);
  release(before.value);
  emit(node, key, "delete", undefined, before);
  return true;
}

/** Returns the child for a missing key of an auto config: the same one at each read. */
function pendingChild(
  node: Node,
  key: string,
  makeMapping: (auto: boolean) => Node,
): object {
  node.pending ??= new Map();
  let child = node.pending.get(key);
  if (child === undefined) {
    if (depthOf(node) >= MAX_DEPTH) {
      throw new NestingError(pathOf(node, key), TOO_DEEP);
    }
    child = makeMapping(true);
    child.parent = node;
    child.key = key;
    child.isPending = true;
    node.pending.set(key, child);
  }
  return child.proxy;
}

/**
 * Returns the traps of a mapping: its own data properties are the keys, methods have priority in
 * `config.name`, and symbols are not data.
 */
function mappingHandler(
  node: Node,
  methods: ReadonlySet<string>,
  makeMapping: (auto: boolean) => Node,
): ProxyHandler<Node["data"]> {
  return {
    get(target, key) {
      if (typeof key === "symbol") return readSymbol(node, target, key);
      // From the prototype, because the target can have data with that name.
      if (methods.has(key)) {
        return Reflect.get(Object.getPrototypeOf(target), key);
      }
      if (Object.hasOwn(target, key)) {
        markAccess(node, key);
        return readData(node, key);
      }
      if (key === "__proto__") return undefined;
      // `toString`, `constructor` and others, for code that uses a config like any other object.
      if (key in target) return Reflect.get(target, key);
      // A frozen auto config returns `undefined` for a missing key.
      if (node.auto && !isFrozen(node)) {
        return pendingChild(node, key, makeMapping);
      }
      notifyMissing(node, key);
      return undefined;
    },
    set(_target, key, value) {
      if (typeof key === "symbol") writeSymbol(node, key, value);
      else writeKey(node, key, value);
      return true;
    },
    has: (target, key) =>
      typeof key === "symbol"
        ? node.symbols?.has(key) || Reflect.has(target, key)
        : Object.hasOwn(target, key),
    deleteProperty(_target, key) {
      if (typeof key === "symbol") node.symbols?.delete(key);
      else deleteKey(node, key);
      return true;
    },
    defineProperty(_target, key, descriptor) {
      if (!("value" in descriptor)) {
        const path = formatPath([...pathOf(node), String(key)]);
        throw new TypeError(
          `Cannot define "${path}": a config holds values, not accessors`,
        );
      }
      if (typeof key === "symbol") writeSymbol(node, key, descriptor.value);
      else writeKey(node, key, descriptor.value);
      return true;
    },
    preventExtensions() {
      throw new TypeError(
        "Cannot freeze a config with Object.freeze: call its freeze() method",
      );
    },
    setPrototypeOf: () => false,
  };
}

function writeSymbol(node: Node, key: symbol, value: unknown): void {
  (node.symbols ??= new Map()).set(key, value);
}

function readSymbol(node: Node, target: object, key: symbol): unknown {
  if (node.symbols?.has(key)) return node.symbols.get(key);
  if (key === Symbol.toPrimitive && node.isPending) {
    throw new MissingKeyError(
      placeholderPath(node),
      "there is no such key, so it has no value; set it first",
    );
  }
  return Reflect.get(target, key);
}

/** Makes the node and the proxy of a mapping whose data is in `target`. */
export function createMapping(
  target: object,
  auto: boolean,
  methods: ReadonlySet<string>,
  makeMapping: (auto: boolean) => Node,
): Node {
  const node = createNode(target as Record<string, unknown>, auto);
  registerProxy(
    node,
    new Proxy(node.data, mappingHandler(node, methods, makeMapping)),
  );
  return node;
}
