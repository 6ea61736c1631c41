/** What an object is by its making, whichever realm (`node:vm`, a test runner) it comes from. */

function tagOf(value: object): string {
  return Object.prototype.toString.call(value);
}

function getterOf(prototype: object, key: string): (this: unknown) => unknown {
  return Object.getOwnPropertyDescriptor(prototype, key)!.get!;
}

// Each of these throws for anything that was not made as what it asks for.
const BRANDS: Readonly<Record<string, (this: unknown) => unknown>> = {
  "[object ArrayBuffer]": getterOf(ArrayBuffer.prototype, "byteLength"),
  "[object BigInt]": BigInt.prototype.valueOf,
  "[object Map]": getterOf(Map.prototype, "size"),
  "[object Set]": getterOf(Set.prototype, "size"),
  "[object SharedArrayBuffer]": getterOf(
    SharedArrayBuffer.prototype,
    "byteLength",
  ),
};

const SAID_BY_ENGINE: ReadonlySet<string> = new Set(
  ["Date", "RegExp", "Error", "Number", "String", "Boolean"],
);

// Asked first: an instance of a subclass may carry a tag of its own.
const CLASSES: readonly [string, { new (content: string): object }][] = [
  ["Map", Map as never],
  ["Set", Set as never],
  ["Date", Date],
  ["RegExp", RegExp],
  ["Error", Error],
  ["Number", Number],
  ["String", String],
  ["Boolean", Boolean],
];

/**
 * The built-in kind of an object, e.g. `"Map"`.
 *
 * @param value The object.
 * @returns one of ArrayBuffer, SharedArrayBuffer, BigInt, Map, Set, Date, RegExp, Error, Number,
 * String, Boolean; `undefined` for everything else, whatever it says of itself.
 */
export function brandOf(value: object): string | undefined {
  const known = CLASSES.find(([, kind]) => value instanceof kind);
  if (known !== undefined) return known[0];
  const tag = tagOf(value);
  const name = tag.slice("[object ".length, -1);
  const ask = BRANDS[tag];
  if (ask === undefined) {
    // Without a `Symbol.toStringTag` the engine itself says what these are.
    return SAID_BY_ENGINE.has(name) && !(Symbol.toStringTag in value)
      ? name
      : undefined;
  }
  try {
    ask.call(value);
    return name;
  } catch {
    // It has the tag of a kind that it is not; that is the answer.
    return undefined;
  }
}

/** Whether an object is a literal: made by `{}`, of any realm, or without a prototype. */
export function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null || prototype === Object.prototype) return true;
  // Another realm's Object.prototype is the only prototype of that kind at the end of a chain.
  return Object.getPrototypeOf(prototype) === null &&
    Object.hasOwn(prototype as object, "isPrototypeOf") &&
    Object.hasOwn(prototype as object, "propertyIsEnumerable");
}
