import { nearestName } from "../internal/names.ts";
import { describe } from "./_describe.ts";
import { SearchUsageError } from "./errors.ts";

/** The names of options; `true` for each, so that the compiler notices if one is missing. */
export type Known<O> = { readonly [K in keyof Required<O>]: true };

/**
 * Finds an unknown option.
 *
 * @param given The options; plain JavaScript may pass anything.
 * @param known The known names.
 * @returns the first unknown name, and the end of a sentence that says how to fix it; `undefined` if all names
 * are known.
 */
export function unknownSetting(
  given: unknown,
  known: readonly string[],
): { readonly setting: string; readonly reason: string } | undefined {
  if (given === undefined) return undefined;
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    const reason = `its settings are ${
      describe(given)
    }; give an object of them`;
    return { setting: "options", reason };
  }
  const setting = Object.keys(given).find((key) => !known.includes(key));
  if (setting === undefined) return undefined;
  const near = nearestName(setting, known, { slips: 3, shortest: 2 });
  const fix = near !== undefined
    ? `did you mean ${near}?`
    : known.length > 0
    ? `the settings are ${known.join(", ")}`
    : "it has none";
  return { setting, reason: `there is no setting "${setting}"; ${fix}` };
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
  const { setting, reason } = unknown;
  throw make(setting, `Cannot ${action}: ${reason}`);
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
