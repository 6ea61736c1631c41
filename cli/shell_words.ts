import { visible } from "./text.ts";

/**
 * Writes a command as somebody would type it.
 *
 * @param words The words.
 * @returns the line; visible text, each word such that a shell takes it whole.
 */
export function commandText(words: readonly string[]): string {
  return words.map((word) =>
    /^[\w@%+=:,./-]+$/.test(word)
      ? word
      : `'${visible(word).replaceAll("'", "'\\''")}'`
  ).join(" ");
}
