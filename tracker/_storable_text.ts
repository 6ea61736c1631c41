/** Which text comes back from SQLite as it went in. */
import { TrackerUsageError } from "./errors.ts";

/** What is in a text that SQLite would change: with it, two texts would become one. */
export function flawOf(text: string): string | undefined {
  if (text.includes("\0")) return "a NUL character";
  return text.isWellFormed() ? undefined : "half of a surrogate pair";
}

/**
 * Refuses text that would not be stored as it is.
 *
 * @param action What was tried, e.g. `log a metric`.
 * @throws {TrackerUsageError} that shows the text with escapes.
 */
export function checkStorable(text: string, action: string): void {
  const flaw = flawOf(text);
  if (flaw === undefined) return;
  throw new TrackerUsageError(
    `Cannot ${action}: ${
      JSON.stringify(text)
    } holds ${flaw}, which SQLite does not keep; leave it out`,
  );
}

/** Text that a program made, with escapes in place of what SQLite does not keep. */
export function toStorable(text: string): string {
  return flawOf(text) === undefined ? text : JSON.stringify(text).slice(1, -1);
}

const WRITES = /^\s*(?:INSERT|REPLACE|UPDATE)\b/i;

/**
 * What a driver does with the values of a statement before it binds them: the last resort, where no
 * function has refused such text by its name.
 */
export function checkerFor(
  sql: string,
): ((params: readonly unknown[]) => void) | undefined {
  if (!WRITES.test(sql)) return undefined;
  return (params) => {
    for (const value of params) {
      if (typeof value === "string") checkStorable(value, "store a text");
    }
  };
}
