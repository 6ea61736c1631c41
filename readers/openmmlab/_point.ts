/** Matches comments, strings and names, which are kept, and numbers that end in a point. */
const TOKENS = new RegExp(
  [
    String.raw`#[^\n]*`,
    String.raw`"""[^"\\]*(?:(?:\\[^]|"(?!""))[^"\\]*)*"""`,
    String.raw`'''[^'\\]*(?:(?:\\[^]|'(?!''))[^'\\]*)*'''`,
    String.raw`"[^"\\\n]*(?:\\[^][^"\\\n]*)*"`,
    String.raw`'[^'\\\n]*(?:\\[^][^'\\\n]*)*'`,
    String.raw`[\p{L}_][\p{L}\p{N}_]*`,
    String.raw`(?<number>\d[\d_]*\.(?!\d))`,
    String.raw`\d[\w.]*`,
  ].join("|"),
  "gu",
);

/**
 * Writes `10.` as `10.0`, because the parser does not accept a number that ends in a point and many
 * configs contain one. Line numbers do not change.
 */
export function closePoints(text: string): string {
  if (!/\d\.(?!\d)/.test(text)) return text;
  return text.replaceAll(
    TOKENS,
    (...found) => {
      const { number } = found.at(-1) as { number?: string };
      return number === undefined ? found[0] : `${number}0`;
    },
  );
}
