/**
 * The structure of a config: which type of value it has at which key path, and the hash of that.
 * `ADict` and the tracker share it, so that a plain object and a config of it have one hash.
 *
 * @module
 */
import { configAccess } from "./config_access.ts";
import { formatKey, formatPath } from "./key_path.ts";
import { isPlainList, isPlainObject } from "./objects.ts";

/** The version of the structural hash. It comes before the hash, and is hashed with the types. */
export const STRUCTURE_VERSION = "ato-config-v1";

/**
 * Returns the content of a value as a plain mapping or list; `undefined` if the value is not a container of
 * a config.
 */
export type ContentOf = (value: unknown) => object | undefined;

/** Returns a plain copy of a nested config; `undefined` for every other value. */
function configContent(value: unknown): object | undefined {
  return configAccess(value)?.snapshot() as object | undefined;
}

/**
 * Lists the type at each key path of a config.
 *
 * An array is one type: the set of its elements' structures, so neither its length nor its order
 * counts. An empty mapping has the type `mapping`; other mappings are shown by their content.
 *
 * @param data The config's data. It must not contain itself.
 * @param contentOf Looks into the containers of a config. By default it makes plain copies of nested
 * configs.
 * @returns the types, by key path in the order of the data.
 */
export function structureOf(
  data: object,
  contentOf: ContentOf = configContent,
): Record<string, string> {
  return new Structure(contentOf).of(data as Record<string, unknown>);
}

class Structure {
  readonly #contentOf: ContentOf;
  // Without a prototype, so that `__proto__` is a key like any other.
  readonly #types: Record<string, string> = Object.create(null);

  constructor(contentOf: ContentOf) {
    this.#contentOf = contentOf;
  }

  of(data: Record<string, unknown>): Record<string, string> {
    this.#collect(data, []);
    return this.#types;
  }

  #collect(data: Record<string, unknown>, path: string[]): void {
    const keys = Object.keys(data);
    if (keys.length === 0) this.#types[formatPath(path)] = "mapping";
    for (const key of keys) {
      const below = [...path, key];
      const mapping = this.#mappingIn(data[key]);
      if (mapping !== undefined) this.#collect(mapping, below);
      else this.#types[formatPath(below)] = this.#typeName(data[key]);
    }
  }

  /** Returns the data of a mapping; `undefined` for any other value. */
  #mappingIn(value: unknown): Record<string, unknown> | undefined {
    const content = this.#contentOf(value) ??
      (isPlainObject(value) ? value as object : undefined);
    return content === undefined || Array.isArray(content)
      ? undefined
      : content as Record<string, unknown>;
  }

  /** Returns the type of a value on one line; mappings inside arrays are written in full. */
  #typeName(stored: unknown): string {
    const value = this.#contentOf(stored) ?? stored;
    if (value === null) return "null";
    if (typeof value !== "object") return typeof value;
    if (isPlainList(value)) return this.#arrayType(value);
    const mapping = this.#mappingIn(stored);
    return mapping === undefined
      ? className(value)
      : this.#mappingType(mapping);
  }

  #arrayType(items: readonly unknown[]): string {
    if (items.length === 0) return "array";
    // `Array.from` reads the holes of a sparse array as undefined.
    const types = Array.from(items, (item) => this.#typeName(item));
    return `array<${[...new Set(types)].sort().join("|")}>`;
  }

  #mappingType(data: Record<string, unknown>): string {
    const fields = Object.keys(data).sort().map((key) =>
      `${formatKey(key)}:${this.#typeName(data[key])}`
    );
    return `{${fields.join(",")}}`;
  }
}

// The classes of `new String("x")` and similar values have the names of plain types.
const PLAIN_TYPES: ReadonlySet<string> = new Set([
  "array",
  "boolean",
  "function",
  "null",
  "number",
  "object",
  "string",
  "symbol",
  "undefined",
  "bigint",
]);

/** `date`, `map`, `float64array`; for other classes `class` and the name. */
function className(value: object): string {
  const tag = Object.prototype.toString.call(value).slice(8, -1).toLowerCase();
  if (/^[a-z0-9]+$/.test(tag) && !PLAIN_TYPES.has(tag)) return tag;
  const constructor: unknown = value.constructor;
  const name = typeof constructor === "function" ? constructor.name : "";
  return `class ${formatKey(name)}`;
}

/**
 * Whether two structures have the same hash. Nothing is hashed.
 *
 * @param a A structure from {@linkcode structureOf}.
 * @param b Another one.
 * @returns whether they have the same types at the same paths.
 */
export function isSameStructure(
  a: Record<string, string>,
  b: Record<string, string>,
): boolean {
  const paths = Object.keys(a);
  return paths.length === Object.keys(b).length &&
    paths.every((path) => Object.hasOwn(b, path) && a[path] === b[path]);
}

/**
 * Hashes a structure.
 *
 * @param structure A structure from {@linkcode structureOf}.
 * @returns `ato-config-v1:` and the SHA-256 in hex of the sorted `path:type` lines.
 */
export async function hashStructure(
  structure: Record<string, string>,
): Promise<string> {
  const lines = Object.entries(structure).map(([path, type]) =>
    `${path}:${type}`
  ).sort();
  const text = [STRUCTURE_VERSION, ...lines].join("\n");
  const digest = await crypto.subtle.digest(
    "SHA-256",
    new TextEncoder().encode(text),
  );
  const hex = Array.from(
    new Uint8Array(digest),
    (byte) => byte.toString(16).padStart(2, "0"),
  );
  return `${STRUCTURE_VERSION}:${hex.join("")}`;
}
