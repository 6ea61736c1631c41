/** The content of a file, with additional indentation of some lines. */
export interface Indented {
  /** The content. */
  readonly text: string;
  /** The number of spaces that were added to a line, by its index. */
  readonly added: ReadonlyMap<number, number>;
  /** The offset of the first tab that was replaced by a space. */
  readonly tab: number | undefined;
}

/**
 * Indents the lines within brackets and quotes. The grammar of YAML wants them further in than the
 * key that they belong to, and so does the parser; people and other readers do not mind:
 *
 * ```yaml
 * sizes: [
 *   1,
 * ]
 * ```
 *
 * The blanks that begin these lines are not part of any value, and neither are tabs beside brackets and
 * commas, which become spaces.
 *
 * @param text The text of a file.
 * @returns the text with these lines indented; `undefined` if a bracket or quote does not end.
 */
export function indentContinued(text: string): Indented | undefined {
  return new Scan(text).run();
}

// All of these are matched at the position of the scan.
const MARK = /%|\.\.\./y;
const DOCUMENT = /---(?=[ \t\r\n]|$)/y;
const BLANKS = /[ \t]*/y;
const SPACES = / */y;
const LINE = /[^\r\n]*/y;
const BREAK = /\r\n?|\n/y;
const LINE_END = /$|#|[\r\n]/y;
const INDICATOR = /[-?:](?=[ \t\r\n]|$)/y;
const PROPERTY = /[&!][^ \t\r\n]*/y;
const BLOCK = /[|>]/y;
const COLON = /[ \t]*:(?=[ \t\r\n]|$)/y;
const PLAIN_KEY = /(?:(?![ \t]#)[^\r\n])*?:(?=[ \t\r\n]|$)/y;
const QUOTE = /["']/y;
const IN_DOUBLE = /(?:[^"\\\r\n]|\\[^\r\n])*\\?/y;
const IN_SINGLE = /(?:[^'\r\n]|'')*/y;
const BRACKET = /[[{]/y;
const IN_FLOW = /[^[\]{},:?"'#\r\n \t]+|[ \t]+(?:#[^\r\n]*)?/y;

class Scan {
  readonly #text: string;
  readonly #added = new Map<number, number>();
  /** The parts that are replaced by as many spaces. */
  readonly #gaps: [start: number, end: number, count: number][] = [];
  #at = 0;
  #line = 0;
  #lineStart = 0;
  /** The column of the key or dash that the next node belongs to. */
  #parent = -1;

  constructor(text: string) {
    this.#text = text;
  }

  run(): Indented | undefined {
    while (this.#at < this.#text.length) {
      if (!this.#readLine()) return undefined;
    }
    const parts: string[] = [];
    let at = 0;
    let length = 0;
    let tab: number | undefined;
    for (const [start, end, count] of this.#gaps) {
      const kept = this.#text.slice(at, start);
      length += kept.length;
      if (end > start) tab ??= length;
      parts.push(kept, " ".repeat(count));
      length += count;
      at = end;
    }
    parts.push(this.#text.slice(at));
    return { text: parts.join(""), added: this.#added, tab };
  }

  get #column(): number {
    return this.#at - this.#lineStart;
  }

  /** Returns what a pattern matches here. */
  #peek(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#text)?.[0];
  }

  /** Skips what a pattern matches here; returns whether it matches. */
  #take(pattern: RegExp): boolean {
    const found = this.#peek(pattern);
    this.#at += found?.length ?? 0;
    return found !== undefined;
  }

  /** Reads a line and its continuation lines; returns false if a bracket or quote is not closed. */
  #readLine(): boolean {
    if (this.#peek(MARK) !== undefined) return this.#leaveLine();
    if (this.#take(DOCUMENT)) this.#parent = -1;
    else {
      this.#take(BLANKS);
      this.#parent = this.#column - 1;
    }
    for (;;) {
      this.#take(BLANKS);
      if (this.#peek(LINE_END) !== undefined) return this.#leaveLine();
      const column = this.#column;
      if (this.#take(INDICATOR)) this.#parent = column;
      else if (this.#take(PROPERTY)) continue;
      else if (this.#peek(BLOCK) !== undefined) return this.#skipText();
      else if (this.#peek(QUOTE) ?? this.#peek(BRACKET)) {
        if (!this.#skipNode()) return false;
        if (!this.#take(COLON)) return this.#leaveLine();
        this.#parent = column;
      } else if (this.#take(PLAIN_KEY)) this.#parent = column;
      else return this.#skipText();
    }
  }

  /** Skips a block string, or a plain string with its continuation lines. */
  #skipText(): true {
    this.#leaveLine();
    while (this.#at < this.#text.length) {
      const indent = this.#peek(SPACES)!.length;
      const isBlank = /[\r\n]/.test(this.#text[this.#at + indent] ?? "");
      if (!isBlank && indent <= this.#parent) break;
      this.#leaveLine();
    }
    return true;
  }

  #leaveLine(): true {
    this.#take(LINE);
    this.#takeBreak();
    return true;
  }

  #takeBreak(): boolean {
    if (!this.#take(BREAK)) return false;
    this.#lineStart = this.#at;
    this.#line++;
    return true;
  }

  /** Skips a line break inside brackets or quotes, and indents the next line. */
  #continueLine(): boolean {
    if (!this.#takeBreak()) return false;
    const missing = this.#parent + 1 - this.#peek(SPACES)!.length;
    if (missing > 0) {
      this.#added.set(this.#line, missing);
      this.#gaps.push([this.#at, this.#at, missing]);
    }
    return true;
  }

  /** Skips a value in quotes or brackets; returns whether it is closed. */
  #skipNode(): boolean {
    return this.#peek(QUOTE) === undefined
      ? this.#skipFlow()
      : this.#skipQuoted();
  }

  #skipQuoted(): boolean {
    const quote = this.#text[this.#at]!;
    this.#at++;
    for (;;) {
      this.#take(quote === '"' ? IN_DOUBLE : IN_SINGLE);
      if (this.#text[this.#at] === quote) {
        this.#at++;
        return true;
      }
      if (!this.#continueLine()) return false;
    }
  }

  /** Replaces tabs that are not part of a string: those that are not between two words of one. */
  #skipFlowBlanks(found: string): void {
    const blanks = /^[ \t]*/.exec(found)![0];
    if (!blanks.includes("\t")) return;
    const before = this.#text[this.#at - 1]!;
    const after = this.#text[this.#at + blanks.length] ?? "\n";
    const isInText = !/[[\]{},:?"'\r\n]/.test(before) &&
      !/[[\]{},:#\r\n]/.test(after);
    if (isInText) return;
    this.#gaps.push([this.#at, this.#at + blanks.length, blanks.length]);
  }

  #skipFlow(): boolean {
    let depth = 0;
    // Whether a quote starts a string here, and is not an apostrophe.
    let isStart = true;
    for (;;) {
      const found = this.#peek(IN_FLOW);
      if (found !== undefined) {
        if (found.startsWith("\t") || found.startsWith(" ")) {
          this.#skipFlowBlanks(found);
        } else isStart = false;
        this.#at += found.length;
        continue;
      }
      if (this.#continueLine()) continue;
      const char = this.#text[this.#at];
      if (char === undefined) return false;
      if (isStart && (char === '"' || char === "'")) {
        if (!this.#skipQuoted()) return false;
        isStart = false;
        continue;
      }
      this.#at++;
      isStart = "[{,:?".includes(char);
      if (char === "[" || char === "{") depth++;
      if ((char === "]" || char === "}") && --depth === 0) return true;
    }
  }
}
