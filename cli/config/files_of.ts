import { existsSync, globSync } from "node:fs";
import { UsageError } from "../command.ts";
import { requireFile } from "../require_file.ts";
import { visible } from "../../internal/visible_text.ts";

/**
 * Lists the files that words name: paths, or patterns that the shell did not expand.
 *
 * @param words The words, e.g. `configs/*.yaml`.
 * @returns the paths, those of a pattern in alphabetical order.
 * @throws {UsageError} If there is no word, no such file, or no file matches a pattern.
 */
export function filesOf(words: readonly string[]): string[] {
  if (words.length === 0) {
    throw new UsageError("Cannot read a config: name a file");
  }
  return words.flatMap((word) => {
    if (existsSync(word)) return [word];
    if (!/[*?[{]/.test(word)) requireFile(word);
    const found = [...globSync(word)].sort();
    if (found.length > 0) return found;
    throw new UsageError(`Cannot read ${visible(word)}: no file matches it`);
  });
}
