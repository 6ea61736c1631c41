/**
 * JSON as both Ato's read it: NaN and the infinities as bare words, as Python writes them. What JSON
 * cannot tell (dates, bigints, undefined, typed arrays, minus zero) goes into a list of types
 * beside it, so that a config comes back as it was.
 */

/** Path and type of a value that JSON alone would not bring back. */
export type TypeNote = readonly [
  path: readonly (string | number)[],
  type: string,
];

/** A JSON text and what it cannot tell. */
export interface Encoded {
  readonly text: string;
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

/** Writes a value as JSON. */
export function encodeJson(value: unknown): Encoded {
  const types: TypeNote[] = [];
  const parents = new Set<object>();
  const visit = (item: unknown, path: readonly (string | number)[]): string => {
    switch (typeof item) {
      case "number":
        if (Object.is(item, -0)) types.push([path, "-0"]);
        // An exponent tells a large number from a bigint.
        return Number.isInteger(item) && !Number.isSafeInteger(item)
          ? item.toExponential()
          : String(Object.is(item, -0) ? 0 : item);
      case "string":
        return JSON.stringify(item);
      case "boolean":
        return String(item);
      case "bigint":
        types.push([path, "bigint"]);
        return String(item);
      case "object":
        return item === null ? "null" : visitObject(item, path);
      default:
        types.push([path, "undefined"]);
        return "null";
    }
  };
  const visitObject = (
    item: object,
    path: readonly (string | number)[],
  ): string => {
    if (item instanceof Date) {
      types.push([path, "Date"]);
      return Number.isNaN(item.getTime())
        ? "null"
        : JSON.stringify(item.toISOString());
    }
    if (parents.has(item)) {
      throw new TypeError(
        `Cannot store ${path.join(".")}: it contains itself; remove the cycle`,
      );
    }
    if (parents.size >= MAX_DEPTH) {
      throw new TypeError(
        `Cannot store ${
          path.slice(0, 3).join(".")
        }: it is nested deeper than ${MAX_DEPTH} levels; store it in a file of its own`,
      );
    }
    parents.add(item);
    const text = visitMembers(item, path);
    parents.delete(item);
    return text;
  };
  const visitMembers = (
    item: object,
    path: readonly (string | number)[],
  ): string => {
    const name = item.constructor?.name ?? "";
    if (ArrayBuffer.isView(item) && TYPED_ARRAYS.has(name)) {
      types.push([path, name]);
    }
    const list = ArrayBuffer.isView(item) && Symbol.iterator in item
      ? [...item as Iterable<unknown>]
      : item instanceof Set
      ? [...item]
      : item;
    if (Array.isArray(list)) {
      return `[${
        Array.from(list, (member, i) => visit(member, [...path, i])).join(", ")
      }]`;
    }
    const entries = item instanceof Map
      ? [...item].map(([key, member]) => [String(key), member] as const)
      : Object.entries(item);
    return `{${
      entries.map(([key, member]) =>
        `${JSON.stringify(key)}: ${visit(member, [...path, key])}`
      )
        .join(", ")
    }}`;
  };
  return { text: visit(value, []), types };
}

const TOKEN =
  /"[^"\\]*(?:\\.[^"\\]*)*"|-?Infinity|NaN|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/gs;
/** Marks a string that stands for a number; another one in each process, so that no text can have it. */
const MARK = `ato:${crypto.randomUUID()}:`;

/**
 * Reads what {@linkcode encodeJson} or Python wrote.
 *
 * @throws {SyntaxError} if it is not JSON, is nested too deep, or the list of types does not fit it.
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

/** Counts brackets outside of strings; only a text that is long enough can be nested too deep. */
function refuseDepth(text: string): void {
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
  // The list may come from a damaged or hostile file: only what is there may be touched.
  let parent: unknown = root;
  for (const key of path.slice(0, -1)) parent = childOf(parent, key);
  const key = path.at(-1)!;
  const value = childOf(parent, key);
  // `__proto__` as a key is plain data; assignment would change the prototype instead.
  Object.defineProperty(parent, key, {
    value: restored(value, type),
    enumerable: true,
    configurable: true,
    writable: true,
  });
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

/** Reads stored JSON text, or gives `fallback` where there is none. */
export function readJson<T>(text: unknown, fallback: T): T {
  return typeof text === "string" && text !== ""
    ? decodeJson(text) as T
    : fallback;
}
