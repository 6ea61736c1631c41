import { adopt, release } from "./_adopt.ts";
import {
  assertWritable,
  emit,
  materialize,
  type Node,
  pathOf,
  readData,
} from "./_node.ts";
import { formatPath } from "./key_path.ts";

/**
 * The traps of an array inside a config: it stays an array in every way, but a frozen config's
 * cannot be written, and observers hear of each write.
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
      if (done && before.had) emit(node, key, "delete", undefined, before);
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

function setItem(node: Node, key: string | symbol, value: unknown): boolean {
  if (typeof key === "symbol") return Reflect.set(node.data, key, value);
  assertWritable(node, key);
  const before = {
    had: Object.hasOwn(node.data, key),
    value: readData(node, key),
  };
  const stored = adopt(value, node, key);
  materialize(node);
  const done = Reflect.set(node.data, key, stored);
  if (before.value !== stored) release(before.value);
  // `push` sets the length too: no change, no event.
  if (done && !(before.had && Object.is(before.value, stored))) {
    emit(node, key, "set", stored, before);
  }
  return done;
}
