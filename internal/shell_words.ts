/**
 * Writes a command as it is typed in a shell.
 *
 * @param words The words.
 * @returns the line; words are quoted where a shell needs it. Control characters are written as in bash and
 *   zsh (`$'\u001b'`), so that the line can be shown and pasted.
 */
export function commandText(words: readonly string[]): string {
  return words.map(wordText).join(" ");
}

/** Characters that a terminal does not show. */
const HIDDEN =
  /[\p{Cc}\p{Cs}\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u;

function wordText(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  if (!HIDDEN.test(word)) return `'${word.replaceAll("'", "'\\''")}'`;
  const text = [...word].map((char) => {
    if (char === "'" || char === "\\") return `\\${char}`;
    if (char === "\n") return "\\n";
    if (char === "\t") return "\\t";
    return HIDDEN.test(char)
      ? `\\u${char.codePointAt(0)!.toString(16).padStart(4, "0")}`
      : char;
  });
  return `$'${text.join("")}'`;
}
