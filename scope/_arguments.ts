/**
 * Checks of arguments: plain JavaScript can pass values that the types forbid.
 *
 * @module
 */
import { kindOf } from "../internal/kind_of.ts";
import { ScopeUsageError } from "./errors.ts";
import { nearestName } from "../internal/names.ts";

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

const CHECKS: Readonly<Record<Kind, (value: unknown) => boolean>> = {
  "a string": (value) => typeof value === "string",
  "a boolean": (value) => typeof value === "boolean",
  "a number": (value) => typeof value === "number" && !Number.isNaN(value),
  "a function": (value) => typeof value === "function",
  "an object of options": hasKeys,
  "an object of keys": (value) => hasKeys(value) || value instanceof Map,
  "a command line": (value) => typeof value === "string" || isStrings(value),
  "a name or a list of names": (value) =>
    typeof value === "string" || isStrings(value),
  "a list of names": isStrings,
  "a list of functions": isFunctions,
  "a list or an object of functions": (value) =>
    isFunctions(value) ||
    (hasKeys(value) && isFunctions(Object.values(value))),
};

/**
 * Whether a value has keys to read. Instances of classes are taken, but not a `Date`, a `Map` or a list,
 * whose content is not in their keys.
 */
function hasKeys(value: unknown): value is Readonly<Record<string, unknown>> {
  return Object.prototype.toString.call(value) === "[object Object]";
}

function isStrings(value: unknown): boolean {
  return Array.isArray(value) &&
    value.every((item) => typeof item === "string");
}

function isFunctions(value: unknown): boolean {
  return Array.isArray(value) &&
    value.every((item) => typeof item === "function");
}

/**
 * Checks an argument.
 *
 * @param action What is to be done, as in `Cannot <action>`.
 * @param name What the argument is.
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
  if (CHECKS[kind](value)) return;
  // For a list, the message names the item that is wrong.
  const items = Array.isArray(value) && /list|line/.test(kind) ? value : [];
  const isWrong = kind.includes("function")
    ? (item: unknown) => typeof item !== "function"
    : (item: unknown) => typeof item !== "string";
  const index = items.findIndex(isWrong);
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
  for (const [name, value] of Object.entries(options as object)) {
    if (!Object.hasOwn(kinds, name)) throw unknownOption(action, name, names);
    if (value !== undefined) checkArgument(action, name, value, kinds[name]!);
  }
}

function unknownOption(
  action: string,
  name: string,
  names: readonly string[],
): ScopeUsageError {
  const near = nearestName(name, names);
  const fix = near === undefined
    ? `the options are ${names.join(", ")}`
    : `did you mean ${near}?`;
  return new ScopeUsageError(
    `Cannot ${action}: there is no option ${JSON.stringify(name)}; ${fix}`,
  );
}
