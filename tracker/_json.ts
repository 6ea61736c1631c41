/**
 * JSON as both Ato's read it: NaN and the infinities as bare words, as Python writes them. What JSON
 * cannot tell (dates, bigints, undefined, typed arrays, minus zero) goes into a list of types
 * beside it, so that a config comes back as it was.
 */
import { TrackerUsageError } from "./errors.ts";

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

const TYPED_ARRAYS: Record<string, (values: number[] | bigint[]) => unknown> =
  Object.fromEntries(
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
    ].map((
      type,
    ) => [
      type.name,
      (values: number[] | bigint[]) => new type(values as number[]),
    ]),
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
      throw new TrackerUsageError(
        `Cannot store ${path.join(".")}: it contains itself; remove the cycle`,
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
    if (ArrayBuffer.isView(item) && name in TYPED_ARRAYS) {
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
  /"(?:[^"\\]|\\.)*"|-?Infinity|NaN|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/g;
/** Marks a string that stands for a number; no JSON text from outside can hold a lone surrogate unescaped. */
const MARK = "\ud800ato:";

/** Reads what {@linkcode encodeJson} or Python wrote. */
export function decodeJson(
  text: string,
  types: readonly TypeNote[] = [],
): unknown {
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

function restore(
  root: object,
  path: readonly (string | number)[],
  type: string,
): void {
  let parent = root as Record<string | number, unknown>;
  for (const key of path.slice(0, -1)) parent = parent[key] as typeof parent;
  const key = path.at(-1)!;
  const value = parent[key];
  const restored = type === "-0"
    ? -0
    : type === "bigint"
    ? BigInt(value as number)
    : type === "undefined"
    ? undefined
    : type === "Date"
    ? new Date(value === null ? NaN : value as string)
    : TYPED_ARRAYS[type]?.(value as number[]) ?? value;
  // `__proto__` as a key is plain data; assignment would change the prototype instead.
  Object.defineProperty(parent, key, {
    value: restored,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

/** Reads stored JSON text, or gives `fallback` where there is none. */
export function readJson<T>(text: unknown, fallback: T): T {
  return typeof text === "string" && text !== ""
    ? decodeJson(text) as T
    : fallback;
}
