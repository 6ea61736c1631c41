import { formatKey, formatPath } from "../internal/key_path.ts";
import { isPlainList, isPlainObject } from "../internal/objects.ts";
import { type Node, nodeOf } from "./_node.ts";

/** The version of the structural hash: stands before the hash and goes into it. */
export const STRUCTURE_VERSION = "ato-config-v1";

/**
 * The type at each key path of a config.
 *
 * An array is one type: the set of its elements' structures, so neither its length nor its order
 * counts. An empty mapping counts as one; other mappings are shown by what is in them.
 *
 * @param node The config.
 * @returns the types, by key path in the order of the data.
 */
export function structureOf(node: Node): Record<string, string> {
  // Without a prototype, so that a key `__proto__` is one like any other.
  const out: Record<string, string> = Object.create(null);
  collect(node.data as Record<string, unknown>, [], out);
  return out;
}

function collect(
  data: Record<string, unknown>,
  path: string[],
  out: Record<string, string>,
): void {
  const keys = Object.keys(data);
  if (keys.length === 0) out[formatPath(path)] = "mapping";
  for (const key of keys) {
    const value = contentOf(data[key]);
    const below = [...path, key];
    if (isMapping(value)) collect(value, below, out);
    else out[formatPath(below)] = typeName(value);
  }
}

function contentOf(value: unknown): unknown {
  return nodeOf(value)?.data ?? value;
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return !Array.isArray(value) &&
    (nodeOf(value) !== undefined || isPlainObject(value));
}

/** The type of a value on one line; mappings inside arrays are spelt out. */
function typeName(stored: unknown): string {
  const value = contentOf(stored);
  if (value === null) return "null";
  if (typeof value !== "object") return typeof value;
  if (isPlainList(value)) return arrayType(value);
  if (isMapping(value)) return mappingType(value);
  return className(value);
}

function arrayType(items: readonly unknown[]): string {
  if (items.length === 0) return "array";
  // `Array.from` reads the holes of a sparse array as undefined.
  return `array<${[...new Set(Array.from(items, typeName))].sort().join("|")}>`;
}

function mappingType(data: Record<string, unknown>): string {
  const fields = Object.keys(data).sort().map((key) =>
    `${formatKey(key)}:${typeName(data[key])}`
  );
  return `{${fields.join(",")}}`;
}

// What `new String("x")` and its like call themselves are types of plain values already.
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
 * Whether two structures have the same hash, told without hashing.
 *
 * @param a What {@linkcode structureOf} gives.
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
 * @param structure What {@linkcode structureOf} gives.
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
