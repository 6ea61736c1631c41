/**
 * Deep equality by value, as `@std/assert` has it: prototypes count, `undefined` is not a missing
 * key, the order of keys and of a Map's or Set's entries does not count. Two errors differ by their
 * stacks, and two instances of a class by all that can be read from them.
 *
 * @param a One value.
 * @param b The other.
 * @param seen Pairs that are being compared further up: what refers to itself comes to an end.
 * @returns whether they are equal.
 */
export function equal(
  a: unknown,
  b: unknown,
  seen: Map<object, object> = new Map(),
): boolean {
  if (same(a, b)) return true;
  if (!isObject(a) || !isObject(b)) return false;
  if (a instanceof Date && b instanceof Date) {
    return same(a.getTime(), b.getTime());
  }
  if (prototypeOf(a) !== prototypeOf(b)) return false;
  if (seen.get(a) === b) return true;
  if (isTypedArray(a)) return equalItems(a, b as typeof a);
  if (isBuffer(a)) {
    return equalItems(new Uint8Array(a), new Uint8Array(b as ArrayBuffer));
  }
  refuseWeak(a);
  seen.set(a, b);
  if (a instanceof Set) return equalSets(a, b as Set<unknown>, seen);
  if (a instanceof Map) return equalMaps(a, b as Map<unknown, unknown>, seen);
  if (
    a instanceof RegExp || a instanceof URL || a instanceof URLSearchParams
  ) {
    return String(a) === String(b);
  }
  return equalProperties(a, b, seen);
}

/** Two primitives, or the same object: equal as `===` says, and NaN to NaN. */
function same(a: unknown, b: unknown): boolean {
  return a === b || Object.is(a, b);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** An object without a prototype counts as a plain one. */
function prototypeOf(value: object): object {
  return Object.getPrototypeOf(value) ?? Object.prototype;
}

function isTypedArray(value: object): value is Uint8Array {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

function isBuffer(value: object): value is ArrayBuffer {
  return value instanceof ArrayBuffer || value instanceof SharedArrayBuffer;
}

/** What cannot be looked into must not pass for equal. */
function refuseWeak(value: object): void {
  if (value instanceof WeakMap || value instanceof WeakSet) {
    throw new TypeError(
      `Cannot compare ${value.constructor.name} instances: their entries cannot be read`,
    );
  }
}

function equalItems(a: ArrayLike<unknown>, b: ArrayLike<unknown>): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!same(a[i], b[i])) return false;
  return true;
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

function equalProperties(
  a: object,
  b: object,
  seen: Map<object, object>,
): boolean {
  const keys = isPlain(a)
    ? Reflect.ownKeys({ ...a, ...b })
    : new Set([...readableKeys(a), ...readableKeys(b)]);
  for (const key of keys) {
    if (key in a !== key in b) return false;
    const [left, right] = [Reflect.get(a, key), Reflect.get(b, key)];
    if (!equal(left, right, seen)) return false;
  }
  return true;
}

function isPlain(value: object): boolean {
  return Array.isArray(value)
    ? Object.getPrototypeOf(value) === Array.prototype
    : prototypeOf(value) === Object.prototype;
}

/** Every key of an instance and of its classes, accessors among them. */
function readableKeys(value: object): PropertyKey[] {
  const keys: PropertyKey[] = [];
  for (
    let level: object | null = value;
    level !== null && level !== Object.prototype && level !== Array.prototype;
    level = Object.getPrototypeOf(level)
  ) keys.push(...Reflect.ownKeys(level));
  return keys;
}
