/** Two primitives, or the same object: equal as `===` says, and NaN to NaN. */
function same(a: unknown, b: unknown): boolean {
  return a === b || Object.is(a, b);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/**
 * Deep equality by value, as `@std/assert` has it: prototypes count, `undefined` is not a missing
 * key, the order of keys and of a Map's or Set's entries does not count.
 */
export function equal(
  a: unknown,
  b: unknown,
  seen: Map<object, object> = new Map(),
): boolean {
  if (same(a, b)) return true;
  if (!isObject(a) || !isObject(b)) return false;
  if (
    Object.getPrototypeOf(a) !== Object.getPrototypeOf(b) && !bothPlain(a, b)
  ) return false;
  if (seen.get(a) === b) return true;
  seen.set(a, b);
  if (a instanceof Date) return same(a.getTime(), (b as Date).getTime());
  if (a instanceof RegExp || a instanceof URL) return String(a) === String(b);
  if (ArrayBuffer.isView(a)) return equalBytes(a, b as ArrayBufferView);
  if (a instanceof ArrayBuffer) {
    return equalBytes(new Uint8Array(a), new Uint8Array(b as ArrayBuffer));
  }
  if (a instanceof Set) return equalSets(a, b as Set<unknown>, seen);
  if (a instanceof Map) return equalMaps(a, b as Map<unknown, unknown>, seen);
  if (a instanceof Error && !equalErrors(a, b as Error, seen)) return false;
  return equalFields(a, b, seen);
}

function bothPlain(a: object, b: object): boolean {
  return [a, b].every((value) => {
    const prototype = Object.getPrototypeOf(value);
    return prototype === null || prototype === Object.prototype;
  });
}

function equalBytes(a: ArrayBufferView, b: ArrayBufferView): boolean {
  if (a instanceof DataView) {
    const bytes = (v: ArrayBufferView) =>
      new Uint8Array(v.buffer, v.byteOffset, v.byteLength);
    return equalBytes(bytes(a), bytes(b));
  }
  const left = a as unknown as ArrayLike<unknown>;
  const right = b as unknown as ArrayLike<unknown>;
  return left.length === right.length &&
    Array.from(left).every((item, i) => same(item, right[i]));
}

function equalErrors(a: Error, b: Error, seen: Map<object, object>): boolean {
  return a.name === b.name && a.message === b.message &&
    equal(a.cause, b.cause, seen);
}

function equalSets(
  a: Set<unknown>,
  b: Set<unknown>,
  seen: Map<object, object>,
): boolean {
  return a.size === b.size &&
    [...a].every((item) =>
      b.has(item) || [...b].some((other) => equal(item, other, seen))
    );
}

function equalMaps(
  a: Map<unknown, unknown>,
  b: Map<unknown, unknown>,
  seen: Map<object, object>,
): boolean {
  return a.size === b.size &&
    [...a].every(([key, value]) =>
      b.has(key)
        ? equal(value, b.get(key), seen)
        : [...b].some(([k, v]) => equal(key, k, seen) && equal(value, v, seen))
    );
}

function equalFields(a: object, b: object, seen: Map<object, object>): boolean {
  const keys = Reflect.ownKeys(a).filter((key) =>
    Object.prototype.propertyIsEnumerable.call(a, key)
  );
  const others = Reflect.ownKeys(b).filter((key) =>
    Object.prototype.propertyIsEnumerable.call(b, key)
  );
  if (keys.length !== others.length) return false;
  return keys.every((key) =>
    Object.hasOwn(b, key) &&
    equal(
      (a as Record<PropertyKey, unknown>)[key],
      (b as Record<PropertyKey, unknown>)[key],
      seen,
    )
  );
}
