/**
 * Unknown options: plain JavaScript can pass any name, and a typo must not be ignored.
 *
 * @module
 */
import { nearestName } from "./names.ts";

/** The names of options; `true` for each, so that the compiler notices if one is missing. */
export type Known<O> = { readonly [K in keyof Required<O>]: true };

/** An option that is not known. */
export interface UnknownOption {
  /** The name that was given. */
  readonly name: string;
  /** The end of a sentence: what is wrong, and how to fix it. */
  readonly reason: string;
}

/**
 * Finds an option that is not known.
 *
 * @param options The options.
 * @param known The known names.
 * @returns the first unknown option; `undefined` if all options are known.
 */
export function unknownOption(
  options: object,
  known: readonly string[],
): UnknownOption | undefined {
  const name = Object.keys(options).find((key) => !known.includes(key));
  if (name === undefined) return undefined;
  const near = nearestName(name, known, { slips: 3, shortest: 2 });
  const fix = near !== undefined
    ? `did you mean ${near}?`
    : known.length > 0
    ? `the options are ${known.join(", ")}`
    : "it has none";
  return {
    name,
    reason: `there is no option ${JSON.stringify(name)}; ${fix}`,
  };
}
