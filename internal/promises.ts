/**
 * Tells whether a value can be awaited: a promise, or any object or function with a method `then`.
 *
 * @param value Any value.
 * @returns true if `await` waits for it.
 */
export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return (typeof value === "object" || typeof value === "function") &&
    value !== null && "then" in value && typeof value.then === "function";
}
