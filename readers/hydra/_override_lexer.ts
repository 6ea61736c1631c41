import { longest, type Token, VALUE_RULES } from "./resolve/_lexis.ts";
import { HydraFault } from "./errors.ts";

const ID = /[a-zA-Z_][a-zA-Z0-9_-]*/y;
const KEY_PART = "(?:[a-zA-Z_$][a-zA-Z0-9_$-]*|0|[1-9](?:_?[0-9])*)";

const KEY_RULES: readonly (readonly [string, RegExp])[] = [
  ["EQUAL", /=[ \t]*/y],
  ["TILDE", /~/y],
  ["PLUS", /\+/y],
  ["AT", /@/y],
  ["COLON", /:/y],
  ["SLASH", /\//y],
  ["ID", ID],
  ["KEY_SPECIAL", /[a-zA-Z_$][a-zA-Z0-9_$-]*/y],
  ["DOT_PATH", new RegExp(`${KEY_PART}(?:\\.${KEY_PART})+`, "y")],
];

const RULES: readonly (readonly [string, RegExp])[] = [
  ["POPEN", /[ \t]*\([ \t]*/y],
  ["COMMA", /[ \t]*,[ \t]*/y],
  ["PCLOSE", /[ \t]*\)/y],
  ["BRACKET_OPEN", /\[[ \t]*/y],
  ["BRACKET_CLOSE", /[ \t]*\]/y],
  ["BRACE_OPEN", /\{[ \t]*/y],
  ["BRACE_CLOSE", /[ \t]*\}/y],
  ["COLON", /[ \t]*:[ \t]*/y],
  ["EQUAL", /[ \t]*=[ \t]*/y],
  ...VALUE_RULES,
  ["QUOTED", /"(?:\\[^]|[^"\\])*"|'(?:\\[^]|[^'\\])*'/y],
  ["INTER", /\$\{[^}]+\}/y],
];

/** Splits an override into tokens: its key up to the first `=`, and its value. */
export function lexOverride(text: string): Token[] {
  const tokens: Token[] = [];
  let rules = KEY_RULES;
  for (let at = 0; at < text.length;) {
    const token = longest(rules, text, at);
    if (token === undefined) {
      throw new HydraFault(
        `${JSON.stringify(text[at])} cannot stand at column ${at + 1}${
          rules === KEY_RULES ? "" : "; put the value in quotes"
        }`,
      );
    }
    tokens.push(token);
    if (token.type === "EQUAL") rules = RULES;
    at += token.text.length;
  }
  return tokens;
}
