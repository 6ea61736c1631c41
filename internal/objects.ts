/**
 * Plain objects, plain lists and own keys.
 *
 * @module
 */

/**
 * Tells whether a value is a mapping: an object literal, or an object without a prototype.
 *
 * @param value Any value.
 * @returns false for lists, dates, maps, functions and instances of classes.
 */
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
 * Tells whether a value is a plain list: an array, but not an instance of a subclass of `Array`.
 *
 * @param value Any value.
 * @returns true for arrays of every realm.
 */
export function isPlainList(value: unknown): value is unknown[] {
  // `Array.prototype` is an array itself, in every realm; the prototype of a subclass is not.
  return Array.isArray(value) && Array.isArray(Object.getPrototypeOf(value));
}

/**
 * Tells whether a value is an object whose keys can be read; an instance of a class is one, too.
 *
 * @param value Any value.
 * @returns false for `null`, lists and functions.
 */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Sets an own key, whatever its name: an assignment to `__proto__` would change the prototype.
 *
 * @param target The object.
 * @param key The key.
 * @param value The value.
 */
export function setOwn(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  });
}

/**
 * Reads an own key.
 *
 * @param target The object.
 * @param key The key.
 * @returns the value; `undefined` if the object has no such key of its own.
 */
export function getOwn<T>(
  target: Readonly<Record<string, T>>,
  key: string,
): T | undefined {
  return Object.hasOwn(target, key) ? target[key] : undefined;
}
