/** The listing of a folder, as the contract says. */
import { sha } from "./_record.ts";

/** Returns the listing of files, given by path and text. */
export function listFor(
  files: readonly (readonly [way: string, text: string])[],
): string {
  return [...files].sort(([a], [b]) => a < b ? -1 : 1)
    .map(([way, text]) => `${sha(text)} ${text.length} ${way}\n`).join("");
}
