/** Which strings SQLite stores as they are. */
import { TrackerUsageError } from "./errors.ts";

/** Returns what SQLite would change in a string. Two strings that differ in it alone would become one. */
export function flawOf(text: string): string | undefined {
  if (text.includes("\0")) return "a NUL character";
  return text.isWellFormed() ? undefined : "half of a surrogate pair";
}

/**
 * Refuses a string that would not be stored as it is.
 *
 * @param text The string.
 * @param action What the caller does with it, e.g. `log a metric`.
 * @throws {TrackerUsageError} If SQLite would change it; the message shows it with escapes.
 */
export function checkStorable(text: string, action: string): void {
  const flaw = flawOf(text);
  if (flaw === undefined) return;
  throw new TrackerUsageError(
    `Cannot ${action}: ${
      JSON.stringify(text)
    } contains ${flaw}, which SQLite does not keep; leave it out`,
  );
}

/** Returns a string of a program, with escapes for the characters that SQLite does not keep. */
export function toStorable(text: string): string {
  return flawOf(text) === undefined ? text : JSON.stringify(text).slice(1, -1);
}

const WRITES = /^\s*(?:INSERT|REPLACE|UPDATE)\b/i;

/**
 * Returns the check that a driver makes before it binds the values of a statement: a last resort, if no
 * public function has refused such a string by its name.
 */
export function checkerFor(
  sql: string,
): ((params: readonly unknown[]) => void) | undefined {
  if (!WRITES.test(sql)) return undefined;
  return (params) => {
    for (const value of params) {
      if (typeof value === "string") checkStorable(value, "store a string");
    }
  };
}
