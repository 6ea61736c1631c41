/**
 * Checks of arguments that TypeScript would refuse and plain JavaScript can pass.
 *
 * @module
 */
import { kindOf } from "./kind_of.ts";
import { unknownOption } from "./known_options.ts";
import { isRecord } from "./objects.ts";

/**
 * Checks a key. A number is converted to a string.
 *
 * @param key The key.
 * @param action What the caller does with it, as in `Cannot <action>`.
 * @returns the key as a string.
 * @throws {TypeError} If it is neither a string nor a number.
 */
export function checkKey(key: unknown, action: string): string {
  if (typeof key === "string" || typeof key === "number") return String(key);
  throw new TypeError(
    `Cannot ${action}: a key must be a string, and this one is ${kindOf(key)}`,
  );
}

/**
 * Checks the path of a file.
 *
 * @param path The path.
 * @param action What the caller does with it, as in `Cannot <action>`.
 * @throws {TypeError} If it is neither a string nor a URL, or is empty.
 */
export function checkFilePath(path: unknown, action: string): void {
  if (path instanceof URL || (typeof path === "string" && path !== "")) return;
  const what = path === "" ? "empty" : kindOf(path);
  throw new TypeError(
    `Cannot ${action}: the path is ${what}; give a string or a URL`,
  );
}

/** The kind of an option: its name in messages, and a test whether a value is of that kind. */
export type OptionKind = readonly [
  what: string,
  is: (value: unknown) => boolean,
];

/** An option that is true or false. */
export const BOOLEAN: OptionKind = [
  "true or false",
  (value) => typeof value === "boolean",
];
/** An option that is a string. */
export const TEXT: OptionKind = [
  "a string",
  (value) => typeof value === "string",
];
/** An option that is an object. */
export const MAPPING: OptionKind = [
  "an object",
  isRecord,
];
/** An option that is a list of strings. */
export const TEXTS: OptionKind = [
  "a list of strings",
  (value) =>
    Array.isArray(value) && value.every((item) => typeof item === "string"),
];
/** An option that is the path of a folder. */
export const FOLDER: OptionKind = [
  "a string or a URL",
  (value) =>
    value instanceof URL || (typeof value === "string" && value !== ""),
];

/** Returns the kind of an option that is one of the given words. */
export function oneOf(...words: readonly string[]): OptionKind {
  return [
    words.map((word) => JSON.stringify(word)).join(" or "),
    (value) => words.includes(value as string),
  ];
}

/** How {@linkcode checkOptions} checks. */
export interface OptionRules {
  /**
   * The options that must be given.
   *
   * @default {[]}
   */
  readonly required?: readonly string[];
  /**
   * The class of the error.
   *
   * @default {TypeError}
   */
  readonly error?: new (message: string) => Error;
}

/**
 * Checks that every option is known and of its kind. An option that is `undefined` counts as not given.
 *
 * @param options The options.
 * @param kinds The kind of each option.
 * @param action What the caller does with them, as in `Cannot <action>`.
 * @param rules Which options are required, and the class of the error.
 * @throws {TypeError} If an option is unknown, missing or of another kind; or the class that `rules` gives.
 */
export function checkOptions(
  options: unknown,
  kinds: Readonly<Record<string, OptionKind>>,
  action: string,
  { required = [], error: Fault = TypeError }: OptionRules = {},
): void {
  if (options === undefined && required.length === 0) return;
  const refuse = (reason: string): never => {
    throw new Fault(`Cannot ${action}: ${reason}`);
  };
  const names = Object.keys(kinds);
  if (!isRecord(options)) {
    return refuse(
      `the options are ${kindOf(options)}; give an object with ${
        names.join(", ")
      }`,
    );
  }
  // Names of options are short, so fewer slips are forgiven than by default.
  const unknown = unknownOption(options, names, {});
  if (unknown !== undefined) return refuse(unknown.reason);
  for (const [name, [what, is]] of Object.entries(kinds)) {
    const value = options[name];
    const isFree = value === undefined && !required.includes(name);
    if (!isFree && !is(value)) {
      refuse(`the option ${name} is ${shown(value)}; give ${what}`);
    }
  }
}

function shown(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : kindOf(value);
}
