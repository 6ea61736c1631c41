/**
 * Unknown options: plain JavaScript can pass any name, and a typo must not be ignored.
 *
 * @module
 */
import { nearestName, type NearestOptions } from "./names.ts";

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
 * @param near How different the suggested name may be. @default {{ slips: 3, shortest: 2 }}
 * @returns the first unknown option; `undefined` if all options are known.
 */
export function unknownOption(
  options: object,
  known: readonly string[],
  near: NearestOptions = { slips: 3, shortest: 2 },
): UnknownOption | undefined {
  const name = Object.keys(options).find((key) => !known.includes(key));
  if (name === undefined) return undefined;
  const nearest = nearestName(name, known, near);
  const fix = nearest !== undefined
    ? `did you mean ${nearest}?`
    : known.length > 0
    ? `the options are ${known.join(", ")}`
    : "it has none";
  return {
    name,
    reason: `there is no option ${JSON.stringify(name)}; ${fix}`,
  };
}
