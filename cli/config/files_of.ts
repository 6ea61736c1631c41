import { existsSync, globSync } from "node:fs";
import { UsageError } from "../command.ts";
import { requireFile } from "../require_file.ts";
import { visible } from "../../internal/visible_text.ts";

/**
 * The files that words name: paths, or patterns where the shell left them alone.
 *
 * @param words The words, e.g. `configs/*.yaml`.
 * @returns the paths, those of a pattern in alphabetical order.
 * @throws {UsageError} If there is no word, no such file, or nothing fits a pattern.
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
    throw new UsageError(`Cannot read ${visible(word)}: no file fits it`);
  });
}
