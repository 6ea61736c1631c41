import { FingerprintUsageError } from "./errors.ts";

/** What an option may be called; `true` for each, so that the type sees to it that none is missing. */
export type Known<O> = { readonly [K in keyof Required<O>]: true };

/**
 * Refuses unknown options: a slip in the name of one would give a fingerprint of something else.
 *
 * @param action What cannot be done.
 * @param options What was given.
 * @param known The names that there are.
 */
export function checkOptions<O>(
  action: string,
  options: unknown,
  known: Known<O>,
): void {
  if (typeof options !== "object" || options === null) {
    throw new FingerprintUsageError(
      `Cannot ${action}: the options are ${
        describe(options)
      }; give an object of them`,
    );
  }
  const slip = Object.keys(options).find((key) => !Object.hasOwn(known, key));
  if (slip === undefined) return;
  throw new FingerprintUsageError(
    `Cannot ${action}: there is no option "${slip}"; the options are ${
      Object.keys(known).join(", ")
    }`,
  );
}

/** Refuses anything but a function. */
export function checkFunction(
  action: string,
  what: string,
  value: unknown,
): void {
  if (typeof value === "function") return;
  throw new FingerprintUsageError(
    `Cannot ${action}: ${what} is ${describe(value)}; give a function`,
  );
}

/** Names a value in an error. */
export function describe(value: unknown): string {
  if (Array.isArray(value)) return "an array";
  if (typeof value === "string") return JSON.stringify(value);
  return typeof value === "object" && value !== null
    ? "an object"
    : typeof value === "function"
    ? "a function"
    : String(value);
}
