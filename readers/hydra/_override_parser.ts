/**
 * The grammar of overrides, as in Hydra 1.3
 * (https://hydra.cc/docs/1.3/advanced/override_grammar/basic/).
 *
 * @module
 */
import { everySecond, literal } from "./resolve/_grammar.ts";
import type { Token } from "./resolve/_lexis.ts";
import { TokenReader } from "./resolve/_token_reader.ts";
import { callFunction } from "./_functions.ts";
import { lexOverride } from "./_override_lexer.ts";
import {
  Dict,
  type Override,
  type OverrideType,
  type OverrideValue,
  Quoted,
  Sweep,
} from "./_values.ts";
import { HydraFault, HydraOverrideError } from "./errors.ts";

/** The maximum depth of a nested value. */
const MAX_DEPTH = 200;

/**
 * Parses an override.
 *
 * @param text The override.
 * @param number Its number, from 1.
 * @returns its parts.
 * @throws {HydraOverrideError} If it breaks the grammar.
 */
export function parseOverride(text: string, number: number): Override {
  try {
    return new Parser(lexOverride(text)).override(text, number);
  } catch (error) {
    if (!(error instanceof HydraFault)) throw error;
    throw new HydraOverrideError(text, error.message);
  }
}

const DICT_KEY: ReadonlySet<string> = new Set([
  "ID",
  "NULL",
  "INT",
  "FLOAT",
  "BOOL",
  "UNQUOTED_CHAR",
  "ESC",
  "WS",
]);
const PRIMITIVE: ReadonlySet<string> = new Set([
  ...DICT_KEY,
  "COLON",
  "INTER",
]);

class Parser extends TokenReader {
  #depth = 0;

  override(text: string, number: number): Override {
    const type = this.#type();
    const key = this.#key();
    const path = this.accept("AT") ? this.#package() : undefined;
    let value: OverrideValue | undefined;
    if (type !== "delete" || this.peek() !== undefined) {
      this.take("EQUAL");
      value = this.peek() === undefined ? "" : this.#value();
    }
    if (this.peek() !== undefined) this.fail();
    return { type, key, package: path, value, text, number };
  }

  #type(): OverrideType {
    if (this.accept("TILDE")) return "delete";
    if (!this.accept("PLUS")) return "change";
    return this.accept("PLUS") ? "force-add" : "add";
  }

  /** A dotted path, or a group; it may be empty. */
  #key(): string {
    const first = this.#package();
    if (this.peek() !== "SLASH") return first;
    if (this.tokens[this.next - 1]?.type !== "ID") this.fail();
    const names = [first];
    while (this.accept("SLASH")) names.push(this.take("ID").text);
    return names.join("/");
  }

  #package(): string {
    const type = this.peek();
    return type === "ID" || type === "KEY_SPECIAL" || type === "DOT_PATH"
      ? this.take(type).text
      : "";
  }

  #value(): OverrideValue {
    const first = this.#element();
    if (this.peek() !== "COMMA") return first;
    while (this.accept("COMMA")) this.#element();
    return new Sweep(true);
  }

  #element(): OverrideValue {
    if (++this.#depth > MAX_DEPTH) {
      throw new HydraFault(`the value has more than ${MAX_DEPTH} levels`);
    }
    const value = this.#elementHere();
    this.#depth--;
    return value;
  }

  #elementHere(): OverrideValue {
    switch (this.peek()) {
      case "QUOTED":
        return new Quoted(unquote(this.take("QUOTED").text));
      case "BRACKET_OPEN":
        this.next++;
        return this.#items("BRACKET_CLOSE", () => this.#element());
      case "BRACE_OPEN":
        this.next++;
        return new Dict(this.#items("BRACE_CLOSE", () => this.#pair()));
    }
    return this.peek() === "ID" && this.peek(1) === "POPEN"
      ? this.#function()
      : this.#primitive(PRIMITIVE);
  }

  #items<T>(close: string, item: () => T): T[] {
    const items: T[] = [];
    if (this.accept(close)) return items;
    do items.push(item()); while (this.accept("COMMA"));
    this.take(close);
    return items;
  }

  #pair(): [OverrideValue, OverrideValue] {
    const key = this.#primitive(DICT_KEY);
    this.take("COLON");
    return [key, this.#element()];
  }

  #function(): OverrideValue {
    const name = this.take("ID").text;
    this.take("POPEN");
    const named = new Map<string, OverrideValue>();
    const args: OverrideValue[] = [];
    this.#items("PCLOSE", () => {
      if (this.peek() === "ID" && this.peek(1) === "EQUAL") {
        const key = this.take("ID").text;
        this.next++;
        named.set(key, this.#element());
        return;
      }
      if (named.size > 0) {
        throw new HydraFault(
          `${name}(): an argument without a name follows one with a name`,
        );
      }
      args.push(this.#element());
    });
    return callFunction(name, args, named);
  }

  #primitive(allowed: ReadonlySet<string>): OverrideValue {
    const found: Token[] = [];
    while (allowed.has(this.peek() ?? "")) found.push(this.take());
    if (found.length === 0) this.fail();
    if (found.length === 1 && found[0]!.type === "WS") {
      throw new HydraFault("a value is all blanks; put it in quotes");
    }
    if (found[0]!.type === "WS") found.shift();
    if (found.length > 1 && found.at(-1)!.type === "WS") found.pop();
    return found.length === 1
      ? literal(found[0]!)
      : found.map(({ type, text }) => type === "ESC" ? everySecond(text) : text)
        .join("");
  }

  protected override fail(): never {
    const token = this.tokens[this.next];
    throw new HydraFault(
      token === undefined
        ? "it ends too early; an override is key=value"
        : `${JSON.stringify(token.text)} cannot stand at column ${
          token.at + 1
        }`,
    );
  }
}

/** Removes the quotes of a string; backslashes are escapes only before a quote. */
function unquote(text: string): string {
  const quote = text[0]!;
  const inner = text.slice(1);
  const pattern = quote === "'" ? /\\+'/g : /\\+"/g;
  const plain = inner.replace(pattern, (match, at: number) => {
    // At the end the backslashes are pairs, and the quote is the closing one.
    const kept = everySecond(match);
    return at + match.length === inner.length ? `${kept}${quote}` : kept;
  });
  return plain.slice(0, -1);
}
