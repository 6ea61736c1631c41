/**
 * Reads configs and plain data in one way, without counting as reading the config.
 *
 * @module
 */
import { configAccess } from "./config_access.ts";
import { isPlainObject, setOwn } from "./objects.ts";

/**
 * Lists the keys and values of a mapping: of a plain object, or of a config.
 *
 * @param value Any value.
 * @returns the entries; `undefined` for every value that is not a mapping.
 */
export function entriesOf(value: unknown): [string, unknown][] | undefined {
  // Behind the proxy of a config, so that its keys do not count as read.
  const data = configAccess(value)?.data;
  if (data !== undefined) return Object.entries(data);
  return isPlainObject(value) ? Object.entries(value) : undefined;
}

/**
 * Looks up a value of a config. A key inside a list is not found.
 *
 * @param config The config.
 * @param path The keys from the root on.
 * @returns the value, in an object of its own so that `undefined` can be a value; `undefined` if a key
 * is missing.
 */
export function valueAt(
  config: unknown,
  path: readonly string[],
): { readonly value: unknown } | undefined {
  let at: unknown = config;
  for (const key of path) {
    const data = configAccess(at)?.data ?? (isPlainObject(at) ? at : {});
    if (!Object.hasOwn(data, key)) return undefined;
    at = data[key];
  }
  return { value: at };
}

/**
 * Copies mappings, lists and dates, so that later writes do not change the copy.
 *
 * @param value Any value; a config is copied to a plain object.
 * @returns the copy; a value of any other kind is returned as it is.
 */
export function toPlain(value: unknown): unknown {
  if (Array.isArray(value)) return Array.from(value, toPlain);
  if (value instanceof Date) return new Date(value);
  const entries = entriesOf(value);
  if (entries === undefined) return value;
  const copy = {};
  for (const [key, child] of entries) setOwn(copy, key, toPlain(child));
  return copy;
}

/**
 * Tells whether two values are the same config data. The order of keys does not matter.
 *
 * @param a A value: plain data or a config.
 * @param b Another value.
 * @returns true if every leaf is the same; `NaN` is the same as `NaN`, and 0 is not the same as -0.
 */
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
  const others = new Map(right);
  return left.every(([key, item]) =>
    others.has(key) && isSame(item, others.get(key))
  );
}
