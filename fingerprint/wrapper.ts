/**
 * Which functions are Ato's own wrappers, and what they wrap. Loads nothing.
 *
 * @module
 */

// Shared through the global symbol registry: two copies of this module in one process (a bundle
// beside an import) still know each other's wrappers.
const KEY = Symbol.for("ato.wrapped-functions");

type Originals = WeakMap<object, object>;

function originals(): Originals {
  const holder = globalThis as { [KEY]?: Originals };
  const known = holder[KEY];
  if (known !== undefined) return known;
  const created: Originals = new WeakMap();
  Object.defineProperty(holder, KEY, { value: created });
  return created;
}

/**
 * Marks a function as a wrapper of another one, so that a fingerprint of the wrapper is that of the
 * original.
 *
 * @param wrapper The function that users get.
 * @param original The function that it calls.
 * @returns the wrapper.
 *
 * @example
 * ```ts
 * import { markWrapper, unwrapFunction } from "@ato/ato/fingerprint";
 * import { assertStrictEquals } from "@std/assert";
 *
 * const original = (x: number) => x + 1;
 * const logged = markWrapper((x: number) => original(x), original);
 * assertStrictEquals(unwrapFunction(logged), original);
 * ```
 */
export function markWrapper<W extends object>(wrapper: W, original: object): W {
  originals().set(wrapper, original);
  return wrapper;
}

/**
 * Returns the original function of a wrapper, through any number of wrappers.
 *
 * @param fn A function, wrapped or not.
 * @returns the innermost original; `fn` itself if it is not a wrapper.
 *
 * @example
 * ```ts
 * import { unwrapFunction } from "@ato/ato/fingerprint";
 * import { assertStrictEquals } from "@std/assert";
 *
 * const plain = () => 1;
 * assertStrictEquals(unwrapFunction(plain), plain);
 * ```
 */
export function unwrapFunction<F extends object>(fn: F): F {
  const known = originals();
  let current: object = fn;
  for (;;) {
    const inner = known.get(current);
    if (inner === undefined) return current as F;
    current = inner;
  }
}
