import {
  type Known,
  type UnknownOption,
  unknownOption,
} from "../internal/known_options.ts";
import { isRecord } from "../internal/objects.ts";
import { describe } from "./_describe.ts";
import { SearchUsageError } from "./errors.ts";

/**
 * Finds what is wrong with options.
 *
 * @param given The options; plain JavaScript may pass anything.
 * @param known The known names.
 * @returns the name of the first unknown option, and the end of a sentence that says how to fix it; `undefined`
 * if all options are known.
 */
export function unknownSetting(
  given: unknown,
  known: readonly string[],
): UnknownOption | undefined {
  if (given === undefined) return undefined;
  if (isRecord(given)) return unknownOption(given, known);
  const reason = `the options are ${describe(given)}; give an object of them`;
  return { name: "options", reason };
}

/**
 * Refuses unknown options.
 *
 * @param action The action that cannot be done, e.g. `plan asha`.
 * @param given The options.
 * @param known The known names.
 * @param make Makes the error, of the option and the message.
 * @throws {SearchUsageError} If an option is unknown, unless `make` makes another error.
 */
export function checkSettings<O>(
  action: string,
  given: unknown,
  known: Known<O>,
  make: (setting: string, message: string) => Error = (setting, message) =>
    new SearchUsageError(setting, message),
): void {
  const unknown = unknownSetting(given, Object.keys(known));
  if (unknown === undefined) return;
  throw make(unknown.name, `Cannot ${action}: ${unknown.reason}`);
}

/**
 * Refuses a value that lacks a property.
 *
 * @param action The action that cannot be done.
 * @param setting The name of the option.
 * @param value The value of the option.
 * @param want The properties that it must have, and what to give.
 * @param make Makes the error, of the option and the message.
 * @throws {SearchUsageError} If the value lacks a property, unless `make` makes another error.
 */
export function checkMethods(
  action: string,
  setting: string,
  value: unknown,
  want: { readonly methods: readonly string[]; readonly give: string },
  make: (setting: string, message: string) => Error = (setting, message) =>
    new SearchUsageError(setting, message),
): void {
  const isObject = (typeof value === "object" || typeof value === "function") &&
    value !== null;
  const missing = isObject
    ? want.methods.find((name) => (value as never)[name] === undefined)
    : want.methods[0];
  if (missing === undefined) return;
  const what = isObject ? `has no ${missing}` : `is ${describe(value)}`;
  throw make(
    setting,
    `Cannot ${action}: ${setting} ${what}; give ${want.give}`,
  );
}

/** The properties that a space must have. */
export const SPACE = {
  methods: ["dimensions", "toConfig", "toPoint", "hash", "grid"],
  give: "a space made by defineSpace()",
} as const;
