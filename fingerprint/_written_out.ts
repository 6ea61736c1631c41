/** How large a value is where each shared reference is written out, as a fingerprint does. */

/** What a fingerprint writes at most: objects, and 256 characters or bytes for one more. */
export const MOST_WRITTEN: number = 2 ** 26;
/** Characters or bytes that count as one object. */
export const UNIT: number = 256;
/** Items or fields that count as one object. */
export const ITEMS: number = 32;
/** With more objects of its own a value is large by itself, and is not looked through. */
const MOST_OBJECTS = 2 ** 18;
/** References to one object that are still no reason to refuse. */
const REPEATS = 8;
/** No fingerprint gets deeper. */
const MOST_DEPTH = 2_000;

/** A container whose parts are being looked through. */
interface Opened {
  readonly value: object;
  readonly own: number;
  readonly parts: Iterator<unknown>;
  size: number;
}

/**
 * Whether a value is small, and what it would be written out as is beyond measure: `v = [v, v]`
 * doubles with every line. It is walked without recursion, so that the answer does not depend on how much of
 * the stack is left.
 *
 * @param root The value.
 */
export function isWrittenOutTooLarge(root: unknown): boolean {
  const sizes = new Map<object, number>();
  const texts = new Set<string>();
  const opened: Opened[] = [];
  let distinct = 0;
  /** The size of a part if it is known; a container that is not is opened. */
  const sizeOf = (value: unknown): number | undefined => {
    if (typeof value === "string") {
      if (value.length < UNIT) return 0;
      if (!texts.has(value)) distinct += value.length / UNIT;
      texts.add(value);
      return value.length / UNIT;
    }
    if (typeof value !== "object" || value === null) return 0;
    const known = sizes.get(value);
    if (known !== undefined) return known;
    // In a circle it stands for itself; too many of them are not looked at.
    sizes.set(value, 1);
    const own = 1 + bytesOf(value) / UNIT + itemsOf(value) / ITEMS;
    const looked = sizes.size <= MOST_OBJECTS && opened.length <= MOST_DEPTH;
    const parts = looked ? partsOf(value) : [].values();
    opened.push({ value, own, parts, size: own });
    return undefined;
  };
  let size = sizeOf(root) ?? 0;
  for (let last = opened.at(-1); last !== undefined; last = opened.at(-1)) {
    const part = last.parts.next();
    if (part.done !== true) {
      last.size += sizeOf(part.value) ?? 0;
      continue;
    }
    opened.pop();
    distinct += last.own;
    sizes.set(last.value, last.size);
    const around = opened.at(-1);
    if (around === undefined) size = last.size;
    else around.size += last.size;
  }
  return sizes.size <= MOST_OBJECTS && size > MOST_WRITTEN &&
    size > REPEATS * distinct;
}

function itemsOf(value: object): number {
  if (ArrayBuffer.isView(value)) return 0;
  return Array.isArray(value) ? value.length : Object.keys(value).length;
}

function bytesOf(value: object): number {
  return ArrayBuffer.isView(value) || value instanceof ArrayBuffer
    ? value.byteLength
    : 0;
}

/** What is inside of a container; nothing is asked that might run code. */
function* partsOf(value: object): Generator<unknown> {
  if (ArrayBuffer.isView(value)) return;
  if (value instanceof Map) {
    for (const entry of Map.prototype.entries.call(value)) yield* entry;
    return;
  }
  if (value instanceof Set) return yield* Set.prototype.values.call(value);
  const keys = value instanceof Error
    ? ["cause", "errors"]
    : Object.keys(value);
  for (const key of keys) {
    yield Object.getOwnPropertyDescriptor(value, key)?.value;
  }
}
