/**
 * Checks what plain JavaScript can pass: the types of TypeScript are gone when a script runs.
 *
 * @module
 */
import { kindOf } from "../internal/kind_of.ts";
import { ScopeUsageError } from "./errors.ts";
import { nearestName } from "../internal/names.ts";

/** What an argument is to be, in the words of the message. */
export type Kind =
  | "a text"
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
  "a text": (value) => typeof value === "string",
  "a boolean": (value) => typeof value === "boolean",
  "a number": (value) => typeof value === "number" && !Number.isNaN(value),
  "a function": (value) => typeof value === "function",
  "an object of options": isRecord,
  "an object of keys": (value) => isRecord(value) || value instanceof Map,
  "a command line": (value) => typeof value === "string" || isTexts(value),
  "a name or a list of names": (value) =>
    typeof value === "string" || isTexts(value),
  "a list of names": isTexts,
  "a list of functions": isFunctions,
  "a list or an object of functions": (value) =>
    isFunctions(value) ||
    (isRecord(value) && isFunctions(Object.values(value))),
};

/** Whether a value has keys of its own to take: no list, date, map, function. */
function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return Object.prototype.toString.call(value) === "[object Object]";
}

function isTexts(value: unknown): boolean {
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
 * @param action What was to be done, as in `Cannot <action>`.
 * @param name What the argument is.
 * @param value The argument.
 * @param kind What it has to be.
 * @param mend What to do instead, where the kind does not say enough.
 * @throws {ScopeUsageError} If it is something else.
 */
export function checkArgument(
  action: string,
  name: string,
  value: unknown,
  kind: Kind,
  mend = `pass ${kind}`,
): void {
  if (CHECKS[kind](value)) return;
  // A list is told by what is wrong in it.
  const items = Array.isArray(value) && /list|line/.test(kind) ? value : [];
  const isWrong = kind.includes("function")
    ? (item: unknown) => typeof item !== "function"
    : (item: unknown) => typeof item !== "string";
  const index = items.findIndex(isWrong);
  const [what, found] = index < 0
    ? [name, value]
    : [`item ${index} of ${name}`, items[index]];
  throw new ScopeUsageError(
    `Cannot ${action}: ${what} is ${kindOf(found)}; ${mend}`,
  );
}

/**
 * Refuses a function whose body would never run, since a call only makes an iterator.
 *
 * @param action What was to be done, as in `Cannot <action>`.
 * @param fn The function.
 * @throws {ScopeUsageError} If it is a generator.
 */
export function refuseGenerator(action: string, fn: unknown): void {
  if (!/Generator/.test(Object.prototype.toString.call(fn))) return;
  throw new ScopeUsageError(
    `Cannot ${action}: it is a generator, whose body a call does not run; write function without the *`,
  );
}

/**
 * Checks an object of options: each must be known, and be what it has to be or left out.
 *
 * @param action What was to be done, as in `Cannot <action>`.
 * @param options The options.
 * @param kinds What each has to be.
 * @throws {ScopeUsageError} If they are no object, or one of them is unknown or something else.
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
  const mend = near === undefined
    ? `the options are ${names.join(", ")}`
    : `did you mean ${near}?`;
  return new ScopeUsageError(
    `Cannot ${action}: there is no option ${JSON.stringify(name)}; ${mend}`,
  );
}
