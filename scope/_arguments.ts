/**
 * Checks of arguments: plain JavaScript can pass values that the types forbid.
 *
 * @module
 */
import { kindOf } from "../internal/kind_of.ts";
import { unknownOption } from "../internal/known_options.ts";
import { ScopeUsageError } from "./errors.ts";

/** What an argument must be, in the words of the message. */
export type Kind =
  | "a string"
  | "a boolean"
  | "a number"
  | "a function"
  | "an object of options"
  | "an object of keys"
  | "a command line"
  | "a name or a list of names"
  | "a list of names"
  | "a list of functions"
  | "a list or an object of functions";

/** The checks of a kind. */
interface Rule {
  is(value: unknown): boolean;
  /** For lists: what their items must be, so that the message can name the item that is wrong. */
  isItem?(item: unknown): boolean;
}

const RULES: Readonly<Record<Kind, Rule>> = {
  "a string": { is: isString },
  "a boolean": { is: (value) => typeof value === "boolean" },
  "a number": {
    is: (value) => typeof value === "number" && !Number.isNaN(value),
  },
  "a function": { is: isFunction },
  "an object of options": { is: hasKeys },
  "an object of keys": {
    is: (value) => hasKeys(value) || value instanceof Map,
  },
  "a command line": {
    is: (value) => isString(value) || isListOf(isString, value),
    isItem: isString,
  },
  "a name or a list of names": {
    is: (value) => isString(value) || isListOf(isString, value),
    isItem: isString,
  },
  "a list of names": {
    is: (value) => isListOf(isString, value),
    isItem: isString,
  },
  "a list of functions": {
    is: (value) => isListOf(isFunction, value),
    isItem: isFunction,
  },
  "a list or an object of functions": {
    is: (value) =>
      isListOf(isFunction, value) ||
      (hasKeys(value) && isListOf(isFunction, Object.values(value))),
    isItem: isFunction,
  },
};

function isString(value: unknown): boolean {
  return typeof value === "string";
}

function isFunction(value: unknown): boolean {
  return typeof value === "function";
}

function isListOf(is: (item: unknown) => boolean, value: unknown): boolean {
  return Array.isArray(value) && value.every(is);
}

/**
 * Whether a value has keys to read. Instances of classes are taken, but not a `Date`, a `Map` or a list,
 * whose content is not in their keys.
 */
function hasKeys(value: unknown): value is Readonly<Record<string, unknown>> {
  return Object.prototype.toString.call(value) === "[object Object]";
}

/**
 * Checks an argument.
 *
 * @param action What is to be done, as in `Cannot <action>`.
 * @param name The name of the argument, for the message.
 * @param value The argument.
 * @param kind What it must be.
 * @param fix How to fix it, if the kind does not say enough.
 * @throws {ScopeUsageError} If it is something else.
 */
export function checkArgument(
  action: string,
  name: string,
  value: unknown,
  kind: Kind,
  fix = `pass ${kind}`,
): void {
  const { is, isItem } = RULES[kind];
  if (is(value)) return;
  // For a list, the message names the item that is wrong.
  const items: unknown[] = Array.isArray(value) ? value : [];
  const index = isItem === undefined
    ? -1
    : items.findIndex((item) => !isItem(item));
  const [what, found] = index < 0
    ? [name, value]
    : [`item ${index} of ${name}`, items[index]];
  throw new ScopeUsageError(
    `Cannot ${action}: ${what} is ${kindOf(found)}; ${fix}`,
  );
}

/**
 * Checks a command line that a program passes.
 *
 * @param argv The command line.
 * @throws {ScopeUsageError} If it is neither a string nor a list of strings.
 */
export function checkArgv(argv: unknown): void {
  checkArgument(
    "read the command line",
    "it",
    argv,
    "a command line",
    "pass its words as a list of strings, or the whole line as one string",
  );
}

/**
 * Refuses a generator function: a call returns an iterator and does not run the body.
 *
 * @param action What is to be done, as in `Cannot <action>`.
 * @param fn The function.
 * @throws {ScopeUsageError} If it is a generator function.
 */
export function refuseGenerator(action: string, fn: unknown): void {
  if (!/Generator/.test(Object.prototype.toString.call(fn))) return;
  throw new ScopeUsageError(
    `Cannot ${action}: it is a generator function, and a call does not run its body; write function without the *`,
  );
}

/**
 * Checks an object of options: each must be known and of its kind. An option that is `undefined` counts
 * as not given.
 *
 * @param action What is to be done, as in `Cannot <action>`.
 * @param options The options.
 * @param kinds What each must be.
 * @throws {ScopeUsageError} If they are not an object, or an option is unknown or of another kind.
 */
export function checkOptions(
  action: string,
  options: unknown,
  kinds: Readonly<Record<string, Kind>>,
): void {
  const names = Object.keys(kinds);
  checkArgument(
    action,
    "the options argument",
    options,
    "an object of options",
    `pass an object with ${names.join(", ")}`,
  );
  // Names of scopes' options are short, so fewer slips are forgiven than by default.
  const unknown = unknownOption(options as object, names, {});
  if (unknown !== undefined) {
    throw new ScopeUsageError(`Cannot ${action}: ${unknown.reason}`);
  }
  for (const [name, value] of Object.entries(options as object)) {
    if (value !== undefined) checkArgument(action, name, value, kinds[name]!);
  }
}
