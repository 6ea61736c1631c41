import { longest, type Token, VALUE_RULES } from "./_lexis.ts";
import { GrammarFault } from "../errors.ts";

type Mode = "text" | "value" | "inter" | "single" | "double";

/** What a token does to the stack of modes. */
type Step = { push: Mode } | { mode: Mode } | { pop: true };

interface Rule {
  readonly name: string;
  readonly type: string;
  readonly pattern: RegExp;
  readonly step?: Step;
}

function rule(
  type: string,
  pattern: RegExp,
  step?: Step,
  name: string = type,
): Rule {
  return step === undefined
    ? { name, type, pattern }
    : { name, type, pattern, step };
}

const INTER: Step = { push: "inter" };
const POP: Step = { pop: true };

/** Plain text, outside of quotes or within them. */
function textRules(
  quote: string,
  escape: string,
): Rule[] {
  return [
    rule("INTER_OPEN", /\$\{[ \t]*/y, INTER),
    ...(quote === "" ? [] : [
      rule("QUOTE_CLOSE", new RegExp(quote, "y"), POP),
    ]),
    rule("STR", new RegExp(`[^$${quote}]*[^\\\\$${quote}]`, "y")),
    rule("ESC_INTER", /(?:\\\\)*\\\$\{/y),
    ...(quote === ""
      ? []
      : [rule("ESC", new RegExp(`(?:\\\\\\\\)*\\\\${quote}`, "y"))]),
    rule(escape, /(?:\\\\)+/y),
    rule("STR", /\\+/y, undefined, "BACKSLASHES"),
    rule("STR", /\$/y, undefined, "DOLLAR"),
  ];
}

const MODES: Readonly<Record<Mode, readonly Rule[]>> = {
  text: textRules("", "TOP_ESC"),
  single: textRules("'", "QUOTED_ESC"),
  double: textRules('"', "QUOTED_ESC"),
  value: [
    rule("INTER_OPEN", /\$\{[ \t]*/y, INTER),
    rule("BRACE_OPEN", /\{[ \t]*/y, { push: "value" }),
    rule("BRACE_CLOSE", /[ \t]*\}/y, POP),
    rule("QUOTE_OPEN", /'/y, { push: "single" }, "QUOTE_OPEN_SINGLE"),
    rule("QUOTE_OPEN", /"/y, { push: "double" }, "QUOTE_OPEN_DOUBLE"),
    rule("COMMA", /[ \t]*,[ \t]*/y),
    rule("BRACKET_OPEN", /\[[ \t]*/y),
    rule("BRACKET_CLOSE", /[ \t]*\]/y),
    rule("COLON", /[ \t]*:[ \t]*/y),
    ...VALUE_RULES.map(([type, pattern]) => rule(type, pattern)),
  ],
  inter: [
    rule("INTER_OPEN", /\$\{[ \t]*/y, INTER),
    rule("COLON", /[ \t]*:[ \t]*/y, { mode: "value" }),
    rule("INTER_CLOSE", /[ \t]*\}/y, POP),
    rule("DOT", /\./y),
    rule("BRACKET_OPEN", /\[/y),
    rule("BRACKET_CLOSE", /\]/y),
    rule("ID", /[a-zA-Z_][a-zA-Z0-9_-]*/y),
    rule("KEY", /[^\\{}()[\]:. \t'"]+/y),
  ],
};

const PATTERNS = Object.fromEntries(
  Object.entries(MODES).map(([mode, rules]) => [
    mode,
    rules.map(({ name, pattern }) => [name, pattern] as const),
  ]),
);

const RULES = Object.fromEntries(
  Object.entries(MODES).map(([mode, rules]) => [
    mode,
    new Map(rules.map((rule) => [rule.name, rule])),
  ]),
);

/**
 * Cuts a text with interpolations into tokens.
 *
 * @param text The text.
 * @param start What it is: a text, or one element as in a resolver's arguments.
 * @returns the tokens.
 * @throws {GrammarFault} If no rule fits, or more is closed than was opened.
 */
export function lex(text: string, start: "text" | "value"): Token[] {
  const tokens: Token[] = [];
  const stack: Mode[] = [];
  let mode: Mode = start;
  for (let at = 0; at < text.length;) {
    const found = longest(PATTERNS[mode]!, text, at);
    if (found === undefined) {
      throw new GrammarFault(
        `${JSON.stringify(text[at])} cannot stand at column ${at + 1} of ${
          JSON.stringify(shorten(text))
        }`,
      );
    }
    const { type, step }: Rule = RULES[mode]!.get(found.type)!;
    tokens.push({ type, text: found.text, at });
    at += found.text.length;
    if (step === undefined) continue;
    if ("mode" in step) mode = step.mode;
    else if ("push" in step) {
      stack.push(mode);
      mode = step.push;
    } else {
      const back = stack.pop();
      if (back === undefined) {
        throw new GrammarFault(
          `"}" at column ${at} of ${
            JSON.stringify(shorten(text))
          } closes nothing`,
        );
      }
      mode = back;
    }
  }
  return tokens;
}

/** The text, or its beginning if it is long. */
export function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
