import { type Known, unknownOption } from "../internal/known_options.ts";
import { FingerprintUsageError } from "./errors.ts";

export type { Known };

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
  const unknown = unknownOption(options, Object.keys(known));
  if (unknown === undefined) return;
  throw new FingerprintUsageError(`Cannot ${action}: ${unknown.reason}`);
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
