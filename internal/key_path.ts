import { kindOf } from "./kind_of.ts";

const PLAIN_KEY = /^[\p{L}\p{N}_$-]+$/u;

/**
 * Formats a key path so that no two paths look the same: plain keys are joined by dots, every other key
 * is a JSON string.
 *
 * @param path The keys from the root.
 * @returns e.g. `model.depth`, `files."a.b"`, `layers.0`.
 *
 * @example
 * ```ts
 * import { formatPath } from "@ato/ato/adict";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(formatPath(["model", "depth"]), "model.depth");
 * assertEquals(formatPath(["files", "a.b"]), 'files."a.b"');
 * ```
 */
export function formatPath(path: readonly (string | number)[]): string {
  if (!Array.isArray(path)) {
    throw new TypeError(
      `Cannot format a key path: give a list of keys, not ${kindOf(path)}`,
    );
  }
  return path.map((key) => formatKey(String(key))).join(".");
}

/**
 * Splits a path that {@linkcode formatPath} has written.
 *
 * @param path The path, e.g. `files."a.b"`.
 * @returns the keys from the root.
 */
export function splitPath(path: string): string[] {
  const keys = path.match(/"(?:[^"\\]|\\.)*"|[^."]+/g) ?? [];
  return keys.map((key) => key.startsWith('"') ? unquote(key) : key);
}

/** Reads a quoted key; a file can have one that is no JSON string, which is taken as it is. */
function unquote(key: string): string {
  try {
    return String(JSON.parse(key));
  } catch (error) {
    if (error instanceof SyntaxError) return key.slice(1, -1);
    throw error;
  }
}

/** Shortens a long string for a message to its start and its end. */
export function shortText(text: string): string {
  return text.length <= 120
    ? text
    : `${text.slice(0, 60)} ... ${text.slice(-40)}`;
}

/** Formats a key path for a message, shortened if it is long. */
export function shortPath(path: readonly (string | number)[]): string {
  return shortText(formatPath(path));
}

/**
 * Formats one key of a path.
 *
 * @param key The key.
 * @returns the key itself if it is plain, otherwise a JSON string.
 *
 * @example
 * ```ts
 * import { formatKey } from "@ato/ato/adict";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(formatKey("lr"), "lr");
 * assertEquals(formatKey(""), '""');
 * ```
 */
export function formatKey(key: string): string {
  if (typeof key !== "string") {
    throw new TypeError(
      `Cannot format a key: give a string, not ${kindOf(key)}`,
    );
  }
  return PLAIN_KEY.test(key) ? key : JSON.stringify(key);
}
