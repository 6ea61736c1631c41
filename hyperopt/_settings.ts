import { nearestName } from "../internal/names.ts";
import { describe } from "./_describe.ts";
import { SearchUsageError } from "./errors.ts";

/** What a setting may be called; `true` for each, so that the type sees to it that none is missing. */
export type Known<O> = { readonly [K in keyof Required<O>]: true };

/**
 * What is wrong with the names of some settings, as the end of a sentence.
 *
 * @param given The settings, of whatever plain JavaScript passes.
 * @param known The names that there are.
 * @returns the first unknown name and what to do about it; `undefined` where all is well.
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
  const mend = near !== undefined
    ? `did you mean ${near}?`
    : known.length > 0
    ? `the settings are ${known.join(", ")}`
    : "it has none";
  return { setting, reason: `there is no setting "${setting}"; ${mend}` };
}

/**
 * Refuses unknown settings.
 *
 * @param action What cannot be done, e.g. `plan asha`.
 * @param given The settings.
 * @param known The names that there are.
 * @param make Makes the error of the room.
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
 * Refuses what is not made by this package or like it.
 *
 * @param action What cannot be done.
 * @param setting The name of what is checked.
 * @param value What was given.
 * @param want What it must have, and what to give.
 * @param make Makes the error of the room.
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

/** What a space must have. */
export const SPACE = {
  methods: ["dimensions", "toConfig", "toPoint", "hash", "grid"],
  give: "a space made by defineSpace()",
} as const;
