/**
 * Tokens that the grammar of interpolations and the grammar of overrides share.
 *
 * @module
 */

/** Digits with single underscores between them, without a leading zero. */
const INTEGER = "(?:0|[1-9](?:_?[0-9])*)";
const DIGITS = "[0-9](?:_?[0-9])*";
const POINT = `(?:${INTEGER}?\\.${DIGITS}|${INTEGER}\\.)`;

/** The rules of values, in their order: of two matches of one length the first counts. */
export const VALUE_RULES: readonly (readonly [string, RegExp])[] = [
  [
    "FLOAT",
    new RegExp(
      `[+-]?(?:(?:${POINT}|${INTEGER})[eE][+-]?${DIGITS}|${POINT}|[Ii][Nn][Ff]|[Nn][Aa][Nn])`,
      "y",
    ),
  ],
  ["INT", new RegExp(`[+-]?${INTEGER}`, "y")],
  ["BOOL", /[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee]/y],
  ["NULL", /[Nn][Uu][Ll][Ll]/y],
  ["UNQUOTED_CHAR", /[/\-\\+.$%*@?|]/y],
  ["ID", /[a-zA-Z_][a-zA-Z0-9_-]*/y],
  ["ESC", /(?:\\[\\()[\]{}:=, \t])+/y],
  ["WS", /[ \t]+/y],
];

/** A token: its type, its text, and where it begins. */
export interface Token {
  readonly type: string;
  readonly text: string;
  readonly at: number;
}

/** The longest match of the rules at a place; of equally long ones the first. */
export function longest(
  rules: readonly (readonly [string, RegExp])[],
  text: string,
  at: number,
): Token | undefined {
  let best: Token | undefined;
  for (const [type, pattern] of rules) {
    pattern.lastIndex = at;
    const match = pattern.exec(text)?.[0];
    if (match === undefined || match.length <= (best?.text.length ?? 0)) {
      continue;
    }
    best = { type, text: match, at };
  }
  return best;
}
