/** Lines that are one JSON object, or the text of a Python dictionary. */
import { PLAIN_NUMBER as NUMBER, readNumber } from "./numbers.ts";
import type { PrintedNumber } from "./printed.ts";

/** Deeper names are not read. */
const DEEPEST = 32;

const SPACE = /\s*/y;
const TOKEN = new RegExp(
  [
    `(?<punct>[{}\\[\\](),:=])`,
    `"(?<double>(?:[^"\\\\]|\\\\.)*)"`,
    `'(?<single>(?:[^'\\\\]|\\\\.)*)'`,
    // `np.float64(0.5)`, `tensor(0.5, device='cuda:0')`: the value of a call is its first number.
    `(?<call>(?:np|numpy|torch)?\\.?(?:float\\d*|int\\d*|tensor)\\(\\s*)(?=${NUMBER}\\s*[,)])`,
    `(?<number>${NUMBER})(?![\\w.])`,
    `(?<word>[A-Za-z_][\\w.]*)`,
  ].join("|"),
  "y",
);

interface Token {
  readonly kind: "punct" | "text" | "number" | "call" | "word";
  readonly text: string;
}

/**
 * Reads the numbers of a mapping; nested names are joined by slashes, lists are left out. It uses no recursion,
 * because a line can be nested deeper than the call stack.
 *
 * @param text A text from `{` to `}`.
 * @returns the numbers by name; `undefined` if it is no mapping.
 */
export function readMapping(
  text: string,
): Map<string, PrintedNumber> | undefined {
  const tokens = tokensOf(text);
  return tokens && new MappingReader(tokens).read();
}

function tokensOf(text: string): Token[] | undefined {
  const tokens: Token[] = [];
  let at = skipSpace(text, 0);
  while (at < text.length) {
    TOKEN.lastIndex = at;
    const { groups } = TOKEN.exec(text) ?? {};
    if (groups === undefined) return undefined;
    at = skipSpace(text, TOKEN.lastIndex);
    tokens.push(tokenOf(groups));
  }
  return tokens;
}

function skipSpace(text: string, at: number): number {
  SPACE.lastIndex = at;
  SPACE.test(text);
  return SPACE.lastIndex;
}

function tokenOf(groups: Record<string, string | undefined>): Token {
  const { punct, double, single, call, number } = groups;
  if (punct !== undefined) return { kind: "punct", text: punct };
  if (double !== undefined) return { kind: "text", text: unescape(double) };
  if (single !== undefined) return { kind: "text", text: unescape(single) };
  if (call !== undefined) return { kind: "call", text: call };
  if (number !== undefined) return { kind: "number", text: number };
  return { kind: "word", text: groups["word"]! };
}

function unescape(text: string): string {
  if (!text.includes("\\")) return text;
  try {
    return JSON.parse(`"${text.replaceAll('"', '\\"')}"`);
  } catch {
    // An escape of Python alone: the name stays as it was printed.
    return text;
  }
}

class MappingReader {
  readonly #tokens: readonly Token[];
  #at = 0;
  readonly #found = new Map<string, PrintedNumber>();
  readonly #texts = new Map<string, PrintedNumber>();
  /** The names of the mappings that are open; `undefined` for a list or a tuple. */
  readonly #open: (string | undefined)[] = [];

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  read(): Map<string, PrintedNumber> | undefined {
    if (!this.#take("{")) return undefined;
    this.#open.push("");
    while (this.#open.length > 0) {
      if (!this.#readEntry()) return undefined;
    }
    if (this.#at < this.#tokens.length) return undefined;
    return this.#withTexts();
  }

  /** Newer versions of the Trainer of Transformers print numbers as texts, beside an `epoch`. */
  #withTexts(): Map<string, PrintedNumber> {
    const epoch = this.#texts.get("epoch");
    if (epoch === undefined) return this.#found;
    // It counts parts of epochs, of which each second one is printed as a whole number: no step.
    this.#texts.set("epoch", { ...epoch, isWhole: false });
    return new Map([...this.#texts, ...this.#found]);
  }

  /** Reads an entry, or the end of a mapping or list, with the comma after it. */
  #readEntry(): boolean {
    const inMapping = this.#open.at(-1) !== undefined;
    if (this.#close()) return true;
    let name: string | undefined;
    if (inMapping) {
      const key = this.#tokens[this.#at++];
      // Python and JSON quote names, `console.log` does not.
      const isName = key?.kind === "text" || key?.kind === "word";
      if (!isName || !this.#take(":")) return false;
      const outer = this.#open.at(-1)!;
      const isTooDeep = this.#open.length > DEEPEST;
      name = outer === "" || isTooDeep ? key.text : `${outer}/${key.text}`;
    }
    return this.#readValue(name);
  }

  #readValue(name: string | undefined): boolean {
    const token = this.#tokens[this.#at++];
    if (token === undefined) return false;
    const { kind, text } = token;
    if (kind === "punct") return this.#openAt(text, name);
    if (kind === "number") this.#keep(this.#found, name, text);
    if (kind === "text" && new RegExp(`^${NUMBER}$`).test(text)) {
      this.#keep(this.#texts, name, text);
    }
    if (kind === "call") {
      this.#keep(this.#found, name, this.#tokens[this.#at++]!.text);
      if (!this.#skipCall()) return false;
    }
    return this.#endEntry();
  }

  #openAt(text: string, name: string | undefined): boolean {
    if (text === "{") this.#open.push(name ?? "\u0000");
    else if (text === "[" || text === "(") this.#open.push(undefined);
    else return false;
    return true;
  }

  /** Takes the end of a mapping or list, if it is next. */
  #close(): boolean {
    const isList = this.#open.at(-1) === undefined;
    const ends = isList ? ["]", ")"] : ["}"];
    if (!ends.some((end) => this.#take(end))) return false;
    this.#open.pop();
    return this.#open.length === 0 || this.#endEntry();
  }

  /** After a value comes a comma, or the end of what it is in. */
  #endEntry(): boolean {
    if (this.#take(",")) return true;
    const next = this.#tokens[this.#at];
    return next?.kind === "punct" && ["}", "]", ")"].includes(next.text);
  }

  #skipCall(): boolean {
    while (this.#at < this.#tokens.length) {
      const { kind, text } = this.#tokens[this.#at++]!;
      if (kind === "punct" && text === ")") return true;
    }
    return false;
  }

  #keep(
    map: Map<string, PrintedNumber>,
    name: string | undefined,
    text: string,
  ): void {
    if (name === undefined || this.#open.length > DEEPEST) return;
    if (this.#open.includes(undefined)) return;
    map.set(name, readNumber(text));
  }

  #take(text: string): boolean {
    const next = this.#tokens[this.#at];
    if (next?.kind !== "punct" || next.text !== text) return false;
    this.#at++;
    return true;
  }
}
