/** A key path: strings are keys, numbers are positions in an array. */
export type KeyPath = readonly (string | number)[];

/** A key that needs no quotes: none of the signs that mean something in a path or a word. */
const PLAIN_KEY = /^[^\s.[\](){}=,%"'\\:][^\s.[\](){}=,%"'\\:]*$/u;

/**
 * Writes text between `%` signs, so that the command line reads it back as the same string.
 *
 * @param text Any string.
 * @returns the quoted text.
 *
 * @example Signs that need care
 * ```ts
 * import { quote } from "@ato/ato/scope";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(quote("first try"), "%first try%");
 * assertEquals(quote("50%"), "%50%%%");
 * ```
 */
export function quote(text: string): string {
  const escaped = text
    .replace(/\\/g, "\\\\")
    .replace(/%/g, "%%")
    // Control characters and line breaks would not survive a shell or a terminal.
    // deno-lint-ignore no-control-regex
    .replace(/[\u0000-\u001f\u007f-\u00a0\u2028\u2029\ufeff\ud800-\udfff]/g, escape);
  return `%${escaped}%`;
}

function escape(sign: string): string {
  if (sign === "\n") return "\\n";
  if (sign === "\t") return "\\t";
  if (sign === "\r") return "\\r";
  return "\\u" + sign.charCodeAt(0).toString(16).padStart(4, "0");
}

/**
 * Writes a key path as the command line and `explain` spell it.
 *
 * @param path The keys and positions.
 * @returns e.g. `model.layers[0]`; a key with a dot or a blank in it is quoted.
 *
 * @example A path with every kind of step
 * ```ts
 * import { formatPath } from "@ato/ato/scope";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(formatPath(["model", "layers", 0, "a.b"]), "model.layers[0].%a.b%");
 * ```
 */
export function formatPath(path: KeyPath): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else text += (text === "" ? "" : ".") + formatKey(step, text === "");
  }
  return text;
}

function formatKey(key: string, first: boolean): string {
  // A word that begins with a dash is a flag.
  if (first && key.startsWith("-")) return quote(key);
  return PLAIN_KEY.test(key) ? key : quote(key);
}
