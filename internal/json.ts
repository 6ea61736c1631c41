/**
 * JSON that this Ato and Python ato both read: NaN and the infinities are bare words, as Python writes
 * them. Types that JSON does not have (dates, bigints, undefined, typed arrays, minus zero) go into a list
 * beside the text, so that a config is read back as it was.
 *
 * @module
 */
import { setOwn } from "./objects.ts";

/** Path and type of a value that JSON does not have. */
export type TypeNote = readonly [
  path: readonly (string | number)[],
  type: string,
];

/** A JSON text, and notes on the types that it does not have. */
export interface Encoded {
  /** The JSON text. */
  readonly text: string;
  /** The types that it does not have. */
  readonly types: readonly TypeNote[];
}

/** The deepest nesting that is written and read; beyond it, walking a value could overflow the stack. */
export const MAX_DEPTH = 1_000;

const TYPED_ARRAYS: ReadonlyMap<string, (values: number[]) => unknown> =
  new Map(
    [
      Int8Array,
      Uint8Array,
      Uint8ClampedArray,
      Int16Array,
      Uint16Array,
      Int32Array,
      Uint32Array,
      Float32Array,
      Float64Array,
    ].map((type) => [type.name, (values: number[]) => new type(values)]),
  );

/**
 * Writes a value as JSON.
 *
 * @param value Plain data; functions and symbols become `null` with a note.
 * @returns the text, and notes on the types that JSON does not have.
 * @throws {TypeError} If the value contains itself, or is nested deeper than {@linkcode MAX_DEPTH}.
 */
export function encodeJson(value: unknown): Encoded {
  const encoder = new Encoder();
  return { text: encoder.encode(value, []), types: encoder.types };
}

type Path = readonly (string | number)[];

class Encoder {
  readonly types: TypeNote[] = [];
  /** The objects around the value that is being written. */
  readonly #parents = new Set<object>();

  encode(value: unknown, path: Path): string {
    switch (typeof value) {
      case "number":
        return this.#number(value, path);
      case "string":
        return JSON.stringify(value);
      case "boolean":
        return String(value);
      case "bigint":
        return this.#noted(path, "bigint", String(value));
      case "object":
        return value === null ? "null" : this.#object(value, path);
      default:
        return this.#noted(path, "undefined", "null");
    }
  }

  #noted(path: Path, type: string, text: string): string {
    this.types.push([path, type]);
    return text;
  }

  #number(value: number, path: Path): string {
    if (Object.is(value, -0)) return this.#noted(path, "-0", "0");
    // The exponent tells a large number from a bigint.
    return Number.isInteger(value) && !Number.isSafeInteger(value)
      ? value.toExponential()
      : String(value);
  }

  #object(value: object, path: Path): string {
    if (value instanceof Date) {
      const isValid = !Number.isNaN(value.getTime());
      const text = isValid ? JSON.stringify(value.toISOString()) : "null";
      return this.#noted(path, "Date", text);
    }
    this.#refuseEndless(value, path);
    this.#parents.add(value);
    const text = this.#members(value, path);
    this.#parents.delete(value);
    return text;
  }

  #refuseEndless(value: object, path: Path): void {
    if (this.#parents.has(value)) {
      throw new TypeError(
        `Cannot store ${path.join(".")}: it contains itself; remove the cycle`,
      );
    }
    if (this.#parents.size < MAX_DEPTH) return;
    const start = path.slice(0, 3).join(".");
    throw new TypeError(
      `Cannot store ${start}: it is nested deeper than ${MAX_DEPTH} levels; store it in a file of its own`,
    );
  }

  #members(value: object, path: Path): string {
    const name = value.constructor?.name ?? "";
    if (ArrayBuffer.isView(value) && TYPED_ARRAYS.has(name)) {
      this.types.push([path, name]);
    }
    const items = itemsOf(value);
    if (items !== undefined) {
      const texts = items.map((item, i) => this.encode(item, [...path, i]));
      return `[${texts.join(", ")}]`;
    }
    const texts = entriesOf(value).map(([key, member]) =>
      `${JSON.stringify(key)}: ${this.encode(member, [...path, key])}`
    );
    return `{${texts.join(", ")}}`;
  }
}

/** The items of what is written as a list. */
function itemsOf(value: object): unknown[] | undefined {
  // `Array.from` reads the holes of a sparse array as undefined.
  if (Array.isArray(value) || value instanceof Set) return Array.from(value);
  const isList = ArrayBuffer.isView(value) && Symbol.iterator in value;
  return isList ? Array.from(value as Iterable<unknown>) : undefined;
}

function entriesOf(value: object): [string, unknown][] {
  return value instanceof Map
    ? Array.from(value, ([key, member]) => [String(key), member])
    : Object.entries(value);
}

const TOKEN =
  /"[^"\\]*(?:\\.[^"\\]*)*"|-?Infinity|NaN|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/gs;
/** Marks a string that stands for a number. It is random, so that no string in a file can start with it. */
const MARK = `ato:${crypto.randomUUID()}:`;

/**
 * Reads JSON that {@linkcode encodeJson} or Python wrote.
 *
 * @param text The text.
 * @param types The notes on types.
 * @returns the value.
 * @throws {SyntaxError} If the text is not JSON, is nested too deep, or the list of types does not fit it.
 */
export function decodeJson(
  text: string,
  types: readonly TypeNote[] = [],
): unknown {
  refuseDepth(text);
  const bare = text.replace(TOKEN, (token) => {
    if (token.startsWith('"')) return token;
    const exact = /^-?\d{16,}$/.test(token) || /[NI]/.test(token);
    return exact ? JSON.stringify(MARK + token) : token;
  });
  const root = {
    value: JSON.parse(bare, (_key, value) => revive(value)) as unknown,
  };
  for (const [path, type] of types) restore(root, ["value", ...path], type);
  return root.value;
}

function revive(value: unknown): unknown {
  if (typeof value !== "string" || !value.startsWith(MARK)) return value;
  const token = value.slice(MARK.length);
  if (/[NI]/.test(token)) return Number(token);
  const number = Number(token);
  return Number.isSafeInteger(number) ? number : BigInt(token);
}

/**
 * Counts brackets outside of strings. A short text cannot be nested too deep.
 *
 * @throws {SyntaxError} If the text is nested deeper than what can be read without overflowing the stack.
 */
export function refuseDepth(text: string): void {
  if (text.length <= 2 * MAX_DEPTH) return;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === 0x22) at = endOfString(text, at);
    else if (char === 0x5b || char === 0x7b) depth++;
    else if (char === 0x5d || char === 0x7d) depth--;
    if (depth > MAX_DEPTH) {
      throw new SyntaxError(`nested deeper than ${MAX_DEPTH} levels`);
    }
  }
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === 0x5c) at++;
    else if (char === 0x22) return at;
  }
  return text.length;
}

function restore(
  root: object,
  path: readonly (string | number)[],
  type: string,
): void {
  // The list may come from a damaged or hostile file, so only existing values are changed.
  let parent: unknown = root;
  for (const key of path.slice(0, -1)) parent = childOf(parent, key);
  const key = path.at(-1)!;
  const value = childOf(parent, key);
  setOwn(parent as object, String(key), restored(value, type));
}

function childOf(parent: unknown, key: string | number): unknown {
  if (
    typeof parent === "object" && parent !== null && Object.hasOwn(parent, key)
  ) return (parent as Record<string | number, unknown>)[key];
  throw new SyntaxError("the list of types names a value that is not there");
}

function restored(value: unknown, type: string): unknown {
  const array = TYPED_ARRAYS.get(type);
  if (array !== undefined && isNumbers(value)) return array(value);
  if (type === "-0" && value === 0) return -0;
  if (type === "undefined" && value === null) return undefined;
  if (
    type === "bigint" &&
    (typeof value === "bigint" || Number.isSafeInteger(value))
  ) return BigInt(value as number | bigint);
  if (type === "Date" && value === null) return new Date(NaN);
  if (type === "Date" && typeof value === "string") {
    const time = new Date(value);
    if (!Number.isNaN(time.getTime())) return time;
  }
  throw new SyntaxError("the list of types does not fit the values");
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) &&
    value.every((item) => typeof item === "number");
}

/** Reads stored JSON; returns `fallback` if nothing is stored. */
export function readJson<T>(text: unknown, fallback: T): T {
  return typeof text === "string" && text !== ""
    ? decodeJson(text) as T
    : fallback;
}
