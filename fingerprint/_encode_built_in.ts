import { encodeBuffer } from "./_encode_buffer.ts";
import { encodeTensor, tensorOf } from "./_encode_tensor.ts";
import type { Encoder } from "./_encoder.ts";
import { TAG } from "./_value_tags.ts";

/**
 * Encodes what the language itself brings, and tensors.
 *
 * @returns whether the value was one of these.
 */
export function encodeBuiltIn(to: Encoder, value: object): boolean {
  if (Array.isArray(value)) encodeArray(to, value);
  else if (isThenable(value)) {
    throw to.opaque("a promise has no value yet", "await it first");
  } else if (encodeBuffer(to, value)) return true;
  else if (value instanceof Map) encodeMap(to, value);
  else if (value instanceof Set) encodeSet(to, value);
  else if (value instanceof Date) {
    to.out.byte(TAG.date);
    to.out.float64(value.getTime());
  } else if (value instanceof RegExp) {
    to.tagged(TAG.regexp, value.source.toWellFormed());
    to.string(value.flags);
  } else if (value instanceof URL) to.tagged(TAG.url, value.href);
  else if (value instanceof Error) encodeError(to, value);
  else if (isBoxed(value)) {
    to.out.byte(TAG.boxed);
    to.value(value.valueOf());
  } else if (isWeak(value)) {
    throw to.opaque("a weak collection shows nothing", "leave it out");
  } else return encodeObject(to, value);
  return true;
}

function encodeObject(to: Encoder, value: object): boolean {
  const tensor = tensorOf(value);
  if (tensor !== undefined) {
    encodeTensor(to, tensor);
    return true;
  }
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) return false;
  if (typeof (value as { toJSON?: unknown }).toJSON === "function") {
    return false;
  }
  to.out.byte(TAG.object);
  to.fields(value);
  return true;
}

function encodeArray(to: Encoder, items: readonly unknown[]): void {
  to.out.byte(TAG.array);
  to.out.uint32(items.length);
  for (let i = 0; i < items.length; i++) {
    const item = items[i];
    if (item === undefined && !(i in items)) to.out.byte(TAG.hole);
    else if (typeof item === "number") to.number(item); // the usual case, without a closure
    else to.inside(`[${i}]`, () => to.value(item));
  }
}

/** What an entry is sorted by: primitives by themselves, everything else by its digest. */
function sortKey(to: Encoder, value: unknown): string {
  const isPrimitive = (typeof value !== "object" || value === null) &&
    typeof value !== "function" &&
    typeof value !== "symbol";
  if (!isPrimitive) return `object ${to.digestOf(() => to.value(value))}`;
  const seen = typeof value === "number" ? to.seen(value) : value;
  return `${typeof value} ${Object.is(seen, -0) ? "-0" : String(seen)}`;
}

function byKey(a: { key: string }, b: { key: string }): number {
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}

function encodeMap(to: Encoder, map: ReadonlyMap<unknown, unknown>): void {
  to.out.byte(TAG.map);
  to.out.uint32(map.size);
  const entries = [...map].map(([key, value]) => ({
    key: sortKey(to, key),
    entry: [key, value],
  }));
  // Two keys that look the same are told apart by their values.
  for (const item of entries) {
    const isNumber = to.bits !== undefined && item.key.startsWith("number ");
    if (isNumber || item.key.startsWith("object ")) {
      item.key += ` ${
        to.digestOf(() => to.inside(`.get(…)`, () => to.value(item.entry[1])))
      }`;
    }
  }
  for (const { entry } of entries.sort(byKey)) {
    to.inside(".keys()", () => to.value(entry[0]));
    to.inside(`.get(${nameOf(entry[0])})`, () => to.value(entry[1]));
  }
}

/** A Map's key in an error's path: objects have no short text. */
function nameOf(key: unknown): string {
  return typeof key === "object" && key !== null ? "…" : String(key);
}

function encodeSet(to: Encoder, set: ReadonlySet<unknown>): void {
  to.out.byte(TAG.set);
  to.out.uint32(set.size);
  const items = [...set].map((item) => ({ key: sortKey(to, item), item }));
  for (const { item } of items.sort(byKey)) {
    to.inside(".values()", () => to.value(item));
  }
}

function encodeError(to: Encoder, error: Error): void {
  to.out.byte(TAG.error);
  to.string(String(error.name));
  to.string(String(error.message));
  to.inside(".cause", () => to.value(error.cause));
  if (error instanceof AggregateError) {
    to.inside(".errors", () => to.value(error.errors));
  }
}

function isThenable(value: object): boolean {
  return value instanceof Promise ||
    typeof (value as { then?: unknown }).then === "function";
}

function isBoxed(value: object): boolean {
  return value instanceof Number || value instanceof String ||
    value instanceof Boolean ||
    Object.prototype.toString.call(value) === "[object BigInt]";
}

function isWeak(value: object): boolean {
  return value instanceof WeakMap || value instanceof WeakSet ||
    value instanceof WeakRef;
}
