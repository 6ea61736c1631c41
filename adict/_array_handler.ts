import { adopt, gapFault, release } from "./_adopt.ts";
import { MAX_HOLES } from "../internal/limits.ts";
import {
  assertWritable,
  emit,
  materialize,
  type Node,
  pathOf,
  readData,
} from "./_node.ts";
import { formatPath } from "../internal/key_path.ts";

/**
 * Returns the traps of an array inside a config: it behaves like an array, but it refuses writes if the
 * config is frozen, and it reports each write to observers.
 */
export function arrayHandler(node: Node): ProxyHandler<Node["data"]> {
  return {
    set: (_target, key, value) => setItem(node, key, value),
    deleteProperty(target, key) {
      if (typeof key === "symbol") return Reflect.deleteProperty(target, key);
      assertWritable(node, key);
      const before = {
        had: Object.hasOwn(target, key),
        value: readData(node, key),
      };
      const done = Reflect.deleteProperty(target, key);
      if (!done || !before.had) return done;
      release(before.value);
      emit(node, key, "delete", undefined, before);
      return done;
    },
    defineProperty(target, key, descriptor) {
      if (typeof key === "symbol") {
        return Reflect.defineProperty(target, key, descriptor);
      }
      if (!("value" in descriptor)) {
        const path = formatPath(pathOf(node, key));
        throw new TypeError(
          `Cannot define "${path}": a config holds values, not accessors`,
        );
      }
      return setItem(node, key, descriptor.value);
    },
    preventExtensions() {
      throw new TypeError(
        `Cannot freeze "${
          formatPath(pathOf(node))
        }" on its own: call freeze() on the config`,
      );
    },
  };
}

/** Returns the length of the list after a write, if the write makes it longer. */
function lengthAfter(key: string, value: unknown): number {
  return key === "length"
    ? Number(value)
    : /^(?:0|[1-9]\d*)$/.test(key)
    ? Number(key) + 1
    : 0;
}

/** Returns the items that a shorter length removes. */
function droppedBy(node: Node, length: unknown): unknown[] {
  const items = node.data as unknown[];
  return typeof length === "number" && length < items.length
    ? items.slice(length)
    : [];
}

function setItem(node: Node, key: string | symbol, value: unknown): boolean {
  if (typeof key === "symbol") return Reflect.set(node.data, key, value);
  assertWritable(node, key);
  const items = node.data as unknown[];
  if (lengthAfter(key, value) - items.length > MAX_HOLES) {
    throw gapFault(node, key);
  }
  const before = {
    had: Object.hasOwn(node.data, key),
    value: readData(node, key),
  };
  const dropped = key === "length" ? droppedBy(node, value) : [];
  const stored = before.had && value === before.value
    ? value
    : adopt(value, node, key);
  materialize(node);
  const done = Reflect.set(node.data, key, stored);
  if (done) dropped.forEach(release);
  if (before.value !== stored) release(before.value);
  // `push` also sets the length, which changes nothing: there is no event.
  if (done && !(before.had && Object.is(before.value, stored))) {
    emit(node, key, "set", stored, before);
  }
  return done;
}
