/**
 * Checks of what plain JavaScript can pass, where TypeScript would not let it.
 *
 * @module
 */
import { kindOf } from "./kind_of.ts";

/**
 * Checks a key. A number is as good as its text.
 *
 * @returns the key.
 * @throws {TypeError} if it is neither.
 */
export function checkKey(key: unknown, action: string): string {
  if (typeof key === "string" || typeof key === "number") return String(key);
  throw new TypeError(
    `Cannot ${action}: a key must be a text, and this one is ${kindOf(key)}`,
  );
}

/**
 * Checks the path of a file.
 *
 * @throws {TypeError} if it is neither a text nor a URL, or is empty.
 */
export function checkFilePath(path: unknown, action: string): void {
  if (path instanceof URL || (typeof path === "string" && path !== "")) return;
  const what = path === "" ? "empty" : kindOf(path);
  throw new TypeError(
    `Cannot ${action}: the path is ${what}; give a text or a URL`,
  );
}

/** What an option may be: a word for it, and whether a value is that. */
export type OptionKind = readonly [
  what: string,
  is: (value: unknown) => boolean,
];

/** Kinds of options. */
export const BOOLEAN: OptionKind = [
  "true or false",
  (value) => typeof value === "boolean",
];
/** See {@linkcode BOOLEAN}. */
export const TEXT: OptionKind = [
  "a text",
  (value) => typeof value === "string",
];
/** See {@linkcode BOOLEAN}. */
export const MAPPING: OptionKind = [
  "an object",
  (value) =>
    typeof value === "object" && value !== null && !Array.isArray(value),
];
/** See {@linkcode BOOLEAN}. */
export const TEXTS: OptionKind = [
  "a list of texts",
  (value) =>
    Array.isArray(value) && value.every((item) => typeof item === "string"),
];
/** See {@linkcode BOOLEAN}. */
export const FOLDER: OptionKind = [
  "a text or a URL",
  (value) =>
    value instanceof URL || (typeof value === "string" && value !== ""),
];

/** The kind of an option that is one of some words. */
export function oneOf(...words: readonly string[]): OptionKind {
  return [
    words.map((word) => JSON.stringify(word)).join(" or "),
    (value) => words.includes(value as string),
  ];
}

/**
 * Checks options: none that is not known, and each of its kind. One that is `undefined` is not given.
 *
 * @param options The options.
 * @param kinds The kind of each.
 * @param action What cannot be done otherwise, as "update".
 * @param required Those that must be given.
 * @throws {TypeError} naming the option and what it may be.
 */
export function checkOptions(
  options: unknown,
  kinds: Readonly<Record<string, OptionKind>>,
  action: string,
  required: readonly string[] = [],
): void {
  if (options === undefined && required.length === 0) return;
  const names = Object.keys(kinds).join(", ");
  if (!MAPPING[1](options)) {
    throw new TypeError(
      `Cannot ${action}: the options are ${
        kindOf(options)
      }; give an object with ${names}`,
    );
  }
  const given = options as Readonly<Record<string, unknown>>;
  for (const name of new Set([...required, ...Object.keys(given)])) {
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    if (kind === undefined) {
      throw new TypeError(
        `Cannot ${action}: there is no option ${
          JSON.stringify(name)
        }; the options are ${names}`,
      );
    }
    const value = given[name];
    if (value === undefined && !required.includes(name)) continue;
    if (!kind[1](value)) {
      throw new TypeError(
        `Cannot ${action}: the option ${name} is ${
          typeof value === "string" ? JSON.stringify(value) : kindOf(value)
        }; give ${kind[0]}`,
      );
    }
  }
}
