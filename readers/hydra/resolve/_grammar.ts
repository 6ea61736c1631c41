/**
 * The grammar of interpolations, as in OmegaConf 2.3
 * (https://omegaconf.readthedocs.io/en/2.3_branch/grammar.html).
 *
 * @module
 */
import { lex, shorten } from "./_lexer.ts";
import type { Token } from "./_lexis.ts";
import { Float, type Scalar } from "../_tree.ts";
import { GrammarFault } from "../errors.ts";
import { TokenReader } from "./_token_reader.ts";

/** `${a.b}`: the parts between the braces. */
export interface NodeInterpolation {
  readonly kind: "node";
  readonly parts: readonly Part[];
}

/** `${name:argument, …}`. */
export interface ResolverInterpolation {
  readonly kind: "resolver";
  readonly name: readonly Part[];
  readonly args: readonly Element[];
}

/** An interpolation, with its source text. */
export type Interpolation =
  & (NodeInterpolation | ResolverInterpolation)
  & { readonly text: string };

/** A literal part of a string, or an interpolation. */
export type Part = string | Interpolation;

/** An element of the arguments of a resolver. */
export type Element =
  | { readonly kind: "literal"; readonly value: Scalar }
  | { readonly kind: "inter"; readonly inter: Interpolation }
  | { readonly kind: "text"; readonly parts: readonly Part[] }
  | { readonly kind: "list"; readonly items: readonly Element[] }
  | {
    readonly kind: "dict";
    readonly pairs: readonly (readonly [Scalar, Element])[];
  };

/** The maximum depth of nested elements. */
const MAX_DEPTH = 200;

/** Tells whether a value is a string with an interpolation, or with an escaped one. */
export function hasInterpolation(value: unknown): value is string {
  return typeof value === "string" && value.includes("${");
}

/** Parses a string with interpolations. */
export function parseText(text: string): readonly Part[] {
  return new Parser(text, "text").wholeText();
}

/** Parses one element, as `oc.decode` does. */
export function parseElement(text: string): Element {
  return new Parser(text, "value").wholeElement();
}

const PRIMITIVE: ReadonlySet<string> = new Set([
  "ID",
  "NULL",
  "INT",
  "FLOAT",
  "BOOL",
  "UNQUOTED_CHAR",
  "COLON",
  "ESC",
  "WS",
  "INTER_OPEN",
]);

const TEXT: ReadonlySet<string> = new Set([
  "STR",
  "ESC",
  "ESC_INTER",
  "TOP_ESC",
  "QUOTED_ESC",
  "INTER_OPEN",
]);

class Parser extends TokenReader {
  readonly #text: string;
  #depth = 0;

  constructor(text: string, start: "text" | "value") {
    super(lex(text, start));
    this.#text = text;
  }

  wholeText(): readonly Part[] {
    const parts = this.#textParts();
    if (this.peek() !== undefined) this.fail();
    return parts;
  }

  wholeElement(): Element {
    const element = this.#element();
    if (this.peek() !== undefined) this.fail();
    return element;
  }

  protected override fail(): never {
    const token = this.tokens[this.next];
    const text = JSON.stringify(shorten(this.#text));
    throw new GrammarFault(
      token === undefined
        ? `${text} ends too early`
        : `${JSON.stringify(token.text)} cannot stand at column ${
          token.at + 1
        } of ${text}`,
    );
  }

  #nest<T>(inner: () => T): T {
    if (++this.#depth > MAX_DEPTH) {
      throw new GrammarFault(`more than ${MAX_DEPTH} levels of nesting`);
    }
    const result = inner();
    this.#depth--;
    return result;
  }

  #textParts(): readonly Part[] {
    const parts: Part[] = [];
    while (TEXT.has(this.peek() ?? "")) {
      if (this.peek() === "INTER_OPEN") {
        parts.push(this.#interpolation());
        continue;
      }
      parts.push(unescape(this.take(), this.peek()));
    }
    return joinTexts(parts);
  }

  #interpolation(): Interpolation {
    return this.#nest(() => {
      const start = this.take("INTER_OPEN").at;
      const from = this.next;
      const parts: { part: Part; type: string }[] = [];
      while (true) {
        const type = this.peek();
        if (type === "INTER_OPEN") {
          parts.push({ part: this.#interpolation(), type: "INTER" });
        } else if (type === "COLON" || type === "INTER_CLOSE") {
          break;
        } else {
          parts.push({ part: this.take().text, type: type! });
        }
      }
      const fault = () => {
        this.next = from;
        this.fail();
      };
      const shape = parts.map(({ type }) => SHAPES[type] ?? "?").join("");
      const isNode = this.peek() === "INTER_CLOSE";
      if (!(isNode ? NODE_SHAPE : NAME_SHAPE).test(shape)) fault();
      this.next++;
      const inner = parts.map(({ part }) => part);
      const args = isNode ? [] : this.#sequence("BRACE_CLOSE");
      const last = this.tokens[this.next - 1]!;
      const text = this.#text.slice(start, last.at + last.text.length);
      return isNode
        ? { kind: "node", parts: inner, text }
        : { kind: "resolver", name: inner, args, text };
    });
  }

  /** Reads elements up to a closing token; a missing element is an empty string. */
  #sequence(close: string): Element[] {
    const items: Element[] = [];
    if (this.accept(close)) return items;
    do {
      const isEmpty = this.peek() === "COMMA" || this.peek() === close;
      items.push(isEmpty ? EMPTY : this.#element());
    } while (this.accept("COMMA"));
    this.take(close);
    return items;
  }

  #element(): Element {
    return this.#nest(() => {
      const type = this.peek();
      if (type === "QUOTE_OPEN") return this.#quoted();
      if (type === "BRACKET_OPEN") {
        this.next++;
        return { kind: "list", items: this.#sequence("BRACKET_CLOSE") };
      }
      if (type === "BRACE_OPEN") return this.#dict();
      return this.#primitive(PRIMITIVE);
    });
  }

  #quoted(): Element {
    this.next++;
    const parts = this.#textParts();
    this.take("QUOTE_CLOSE");
    return { kind: "text", parts };
  }

  #dict(): Element {
    this.next++;
    const pairs: [Scalar, Element][] = [];
    if (this.peek() !== "BRACE_CLOSE") {
      do {
        const key = this.#primitive(DICT_KEY);
        if (key.kind !== "literal") this.fail();
        this.take("COLON");
        pairs.push([(key as { value: Scalar }).value, this.#element()]);
      } while (this.accept("COMMA"));
    }
    this.take("BRACE_CLOSE");
    return { kind: "dict", pairs };
  }

  #primitive(allowed: ReadonlySet<string>): Element {
    const found: (Token | Interpolation)[] = [];
    while (allowed.has(this.peek() ?? "")) {
      found.push(
        this.peek() === "INTER_OPEN" ? this.#interpolation() : this.take(),
      );
    }
    if (found.length === 0) this.fail();
    const [only] = found;
    if (found.length === 1) {
      return "kind" in only!
        ? { kind: "inter", inter: only }
        : { kind: "literal", value: literal(only!) };
    }
    const parts = joinTexts(
      found.map((item) => "kind" in item ? item : unescape(item, undefined)),
    );
    return parts.every((part) => typeof part === "string")
      ? { kind: "literal", value: parts.join("") }
      : { kind: "text", parts };
  }
}

const EMPTY: Element = { kind: "literal", value: "" };

const DICT_KEY: ReadonlySet<string> = new Set(
  [...PRIMITIVE].filter((type) => type !== "COLON" && type !== "INTER_OPEN"),
);

const SHAPES: Readonly<Record<string, string>> = {
  DOT: ".",
  BRACKET_OPEN: "[",
  BRACKET_CLOSE: "]",
  ID: "i",
  INTER: "n",
  KEY: "k",
};
const NODE_SHAPE = /^\.*(?:[ink]|\[[ink]\])(?:\.[ink]|\[[ink]\])*$/;
const NAME_SHAPE = /^[in](?:\.[in])*$/;

function joinTexts(parts: readonly Part[]): readonly Part[] {
  const joined: Part[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (typeof part === "string" && typeof last === "string") {
      joined[joined.length - 1] = last + part;
    } else joined.push(part);
  }
  return joined;
}

/** Returns every second character: those after the backslashes. */
export function everySecond(text: string): string {
  let kept = "";
  for (let i = 1; i < text.length; i += 2) kept += text[i];
  return kept;
}

function unescape({ type, text }: Token, next: string | undefined): string {
  if (type === "ESC_INTER") {
    return text.slice(-(Math.floor(text.length / 2) + 1));
  }
  const isEscape = type === "ESC" ||
    (type === "TOP_ESC" && next === "INTER_OPEN") ||
    (type === "QUOTED_ESC" &&
      (next === "INTER_OPEN" || next === "QUOTE_CLOSE"));
  return isEscape ? everySecond(text) : text;
}

/** Returns the value of a single token. */
export function literal({ type, text }: Pick<Token, "type" | "text">): Scalar {
  switch (type) {
    case "NULL":
      return null;
    case "INT":
      return integer(text.replaceAll("_", ""));
    case "FLOAT":
      return new Float(floatOf(text.replaceAll("_", "")));
    case "BOOL":
      return text.toLowerCase() === "true";
    case "ESC":
      return everySecond(text);
    default:
      return text;
  }
}

/** Reads an integer; as a bigint if a number cannot hold it. */
export function integer(digits: string): number | bigint {
  const number = Number(digits);
  if (Number.isSafeInteger(number)) return number === 0 ? 0 : number;
  return digits.startsWith("-") ? -BigInt(digits.slice(1)) : BigInt(
    digits.replace(/^\+/, ""),
  );
}

/** A float as Python spells it. */
export function floatOf(text: string): number {
  const [, sign, word] = /^([+-]?)(.*)$/.exec(text.toLowerCase())!;
  const size = word === "inf" || word === "infinity"
    ? Infinity
    : word === "nan"
    ? NaN
    : Number(word);
  return sign === "-" ? -size : size;
}
