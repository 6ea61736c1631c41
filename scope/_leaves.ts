import { configAccess } from "../internal/config_access.ts";
import { setOwn } from "../internal/objects.ts";

/** A key path and the plain value at it. */
export type Leaf = readonly [path: readonly string[], value: unknown];

/** The keys and values of a mapping (a plain object or an ADict); `undefined` for all else. */
export function entriesOf(value: unknown): [string, unknown][] | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return undefined;
  }
  // Reading behind the proxy, so that looking does not count as reading the config.
  const data = configAccess(value)?.data;
  if (data === undefined) {
    const prototype = Object.getPrototypeOf(value);
    if (prototype !== null && prototype !== Object.prototype) return undefined;
  }
  return Object.entries(data ?? value);
}

/**
 * Lists what lies in a value: every key path that does not lead to a mapping with keys in it.
 *
 * Arrays are leaves, and so are empty mappings.
 *
 * @param value What lies at `path`.
 * @param path Where it lies.
 * @returns the leaves, in order.
 */
export function* leavesOf(
  value: unknown,
  path: readonly string[] = [],
): Generator<Leaf> {
  const entries = entriesOf(value);
  if (entries === undefined || (entries.length === 0 && path.length > 0)) {
    yield [path, toPlain(value)];
    return;
  }
  for (const [key, child] of entries) yield* leavesOf(child, [...path, key]);
}

/** What lies at a path of a config, behind its proxies; `undefined` if nothing does. */
export function valueAt(
  config: object,
  path: readonly string[],
): { value: unknown } | undefined {
  let at: unknown = config;
  for (const key of path) {
    const data = configAccess(at)?.data;
    if (data === undefined || !Object.hasOwn(data, key)) return undefined;
    at = data[key as never];
  }
  return { value: at };
}

/** Copies mappings and arrays to plain ones, so that later writes do not change the copy. */
export function toPlain(value: unknown): unknown {
  if (Array.isArray(value)) {
    return Array.from(value, toPlain);
  }
  if (value instanceof Date) return new Date(value);
  const entries = entriesOf(value);
  if (entries === undefined) return value;
  const copy = {};
  for (const [key, child] of entries) setOwn(copy, key, toPlain(child));
  return copy;
}

/** Whether two plain values are the same, key order aside. */
export function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (a instanceof Date && b instanceof Date) return Object.is(+a, +b);
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, i) => isSame(item, b[i]));
  }
  const left = entriesOf(a);
  const right = entriesOf(b);
  if (
    left === undefined || right === undefined || left.length !== right.length
  ) return false;
  return left.every(([key, item]) =>
    Object.hasOwn(b as object, key) &&
    isSame(item, (b as Record<string, unknown>)[key])
  );
}
