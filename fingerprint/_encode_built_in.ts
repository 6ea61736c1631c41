import { encodeArrayBuffer, encodeView } from "./_encode_buffer.ts";
import { encodeTensor, tensorOf } from "./_encode_tensor.ts";
import { brandOf, isPlain } from "./_brand.ts";
import type { EncodedPart, Encoder } from "./_encoder.ts";
import { TAG } from "./_value_tags.ts";
import { ITEMS } from "./_written_out.ts";

/**
 * Encodes what the language itself brings, and tensors.
 *
 * @returns whether the value was one of these.
 */
export function encodeBuiltIn(to: Encoder, value: object): boolean {
  if (Array.isArray(value)) encodeArray(to, value);
  else if (isThenable(value)) {
    throw to.opaque("a promise has no value yet", "await it first");
  } else if (isPlain(value) && !(Symbol.toStringTag in value)) {
    return encodeObject(to, value);
  } else if (ArrayBuffer.isView(value)) encodeView(to, value);
  else if (value instanceof URL) to.tagged(TAG.url, value.href);
  else if (isWeak(value)) {
    throw to.opaque("a weak collection shows nothing", "leave it out");
  } else {
    const encode = ENCODERS[brandOf(value) ?? ""];
    if (encode === undefined) return encodeObject(to, value);
    encode(to, value as never);
  }
  return true;
}

const ENCODERS: Readonly<Record<string, (to: Encoder, value: never) => void>> =
  {
    ArrayBuffer: encodeArrayBuffer,
    SharedArrayBuffer: encodeArrayBuffer,
    Map: encodeMap,
    Set: encodeSet,
    Error: encodeError,
    Date: (to: Encoder, date: Date) => {
      to.out.byte(TAG.date);
      to.out.float64(date.getTime());
    },
    RegExp: (to: Encoder, regexp: RegExp) => {
      to.tagged(TAG.regexp, regexp.source.toWellFormed());
      to.string(regexp.flags);
    },
    Number: encodeBoxed,
    String: encodeBoxed,
    Boolean: encodeBoxed,
    BigInt: encodeBoxed,
  };

function encodeBoxed(to: Encoder, value: object): void {
  to.out.byte(TAG.boxed);
  to.value(value.valueOf());
}

function encodeObject(to: Encoder, value: object): boolean {
  const tensor = tensorOf(value);
  if (tensor !== undefined) {
    encodeTensor(to, tensor);
    return true;
  }
  if (!isPlain(value)) return false;
  if (typeof (value as { toJSON?: unknown }).toJSON === "function") {
    return false;
  }
  to.out.byte(TAG.object);
  to.fields(value);
  return true;
}

/** No engine keeps so many elements side by side: a longer array consists of holes. */
const MOST_ELEMENTS = 2 ** 27;

function encodeArray(to: Encoder, items: readonly unknown[]): void {
  if (items.length > MOST_ELEMENTS) {
    throw to.opaque(
      `an array of length ${items.length} consists of holes`,
      "use a Map of what is in it",
    );
  }
  to.wrote(items.length / ITEMS);
  to.out.byte(TAG.array);
  to.out.uint32(items.length);
  for (let i = 0; i < items.length; i++) {
    const item = items[i];
    if (item === undefined && !(i in items)) to.out.byte(TAG.hole);
    else if (typeof item === "number") to.number(item); // the usual case, without a closure
    else to.inside(`[${i}]`, () => to.value(item));
  }
}

interface Sortable {
  /** What it is sorted by: primitives by themselves, everything else by its digest. */
  key: string;
  /** The encoding, where it was needed for the digest. */
  readonly part?: EncodedPart;
}

function sortable(to: Encoder, place: string, value: unknown): Sortable {
  const isPrimitive = (typeof value !== "object" || value === null) &&
    typeof value !== "function" &&
    typeof value !== "symbol";
  if (!isPrimitive) {
    const part = encodeApart(to, place, value);
    return { key: `object ${part.digest}`, part };
  }
  const seen = typeof value === "number" ? to.seen(value) : value;
  return {
    key: `${typeof value} ${Object.is(seen, -0) ? "-0" : String(seen)}`,
  };
}

function byKey(a: Sortable, b: Sortable): number {
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}

function encodeApart(to: Encoder, place: string, value: unknown): EncodedPart {
  return to.apart(() => to.inside(place, () => to.value(value)));
}

/** Encodes what was encoded already, if it was, and the value otherwise. */
function encodePart(
  to: Encoder,
  part: EncodedPart | undefined,
  place: string,
  value: unknown,
): void {
  if (part !== undefined) to.out.copy(part.stream);
  else to.inside(place, () => to.value(value));
}

interface MapEntry extends Sortable {
  readonly entry: readonly [unknown, unknown];
  valuePart?: EncodedPart;
}

function encodeMap(to: Encoder, map: Map<unknown, unknown>): void {
  to.out.byte(TAG.map);
  to.out.uint32(map.size);
  const entries = [...Map.prototype.entries.call(map)].map((
    entry,
  ): MapEntry => ({
    ...sortable(to, ".keys()", entry[0]),
    entry,
  }));
  // Two keys that look the same are told apart by their values.
  for (const item of entries) {
    const isNumber = to.bits !== undefined && item.key.startsWith("number ");
    if (!isNumber && !item.key.startsWith("object ")) continue;
    const { entry: [key, value] } = item;
    item.valuePart = encodeApart(to, `.get(${nameOf(key)})`, value);
    item.key += ` ${item.valuePart.digest}`;
  }
  for (const { entry, part, valuePart } of entries.sort(byKey)) {
    encodePart(to, part, ".keys()", entry[0]);
    encodePart(to, valuePart, `.get(${nameOf(entry[0])})`, entry[1]);
  }
}

/** A Map's key in an error's path: objects have no short text. */
function nameOf(key: unknown): string {
  return typeof key === "object" && key !== null ? "…" : String(key);
}

function encodeSet(to: Encoder, set: Set<unknown>): void {
  to.out.byte(TAG.set);
  to.out.uint32(set.size);
  const items = [...Set.prototype.values.call(set)].map((item) => ({
    ...sortable(to, ".values()", item),
    item,
  }));
  for (const { item, part } of items.sort(byKey)) {
    encodePart(to, part, ".values()", item);
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

function isWeak(value: object): boolean {
  return value instanceof WeakMap || value instanceof WeakSet ||
    value instanceof WeakRef;
}
