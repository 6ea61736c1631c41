import type { Argv } from "./argv.ts";
import { CommandLineError } from "./errors.ts";

/**
 * The words of a command line as one text with a reading position.
 *
 * The shell splits at blanks, so an open bracket or quote goes on in the next word. Outside of
 * brackets and quotes a *joint* ends the word: the place where two words were joined or, where the
 * command line came as one string, any blank.
 */
export class Source {
  readonly #text: string;
  readonly #joints: ReadonlySet<number> | undefined;
  /** The reading position. */
  at = 0;
  /** Where the word that is being read begins. */
  start = 0;

  /**
   * @param argv The words, or the whole command line as one string.
   */
  constructor(argv: Argv) {
    if (typeof argv === "string") {
      this.#text = argv;
      return;
    }
    const joints = new Set<number>();
    let offset = 0;
    for (const word of argv) {
      offset += word.length;
      joints.add(offset++);
    }
    this.#text = argv.join(" ");
    this.#joints = joints;
  }

  /** The next character; empty at the end of the whole text. */
  get next(): string {
    return this.#text[this.at] ?? "";
  }

  /** The text from the reading position on, `length` characters of it. */
  peek(length: number): string {
    return this.#text.slice(this.at, this.at + length);
  }

  /** Whether nothing is left at all. */
  get done(): boolean {
    return this.at >= this.#text.length;
  }

  /** Whether the word ends here, seen from outside of brackets and quotes. */
  get wordEnds(): boolean {
    if (this.done) return true;
    return this.#joints === undefined
      ? isBlank(this.next)
      : this.#joints.has(this.at);
  }

  /** Goes over blanks, joints too. */
  skipBlanks(): void {
    while (!this.done && isBlank(this.next)) this.at++;
  }

  /** Goes over blanks within the word. */
  skipBlanksInWord(): void {
    while (!this.wordEnds && isBlank(this.next)) this.at++;
  }

  /** Goes to the next word. */
  nextWord(): void {
    this.skipBlanks();
    this.start = this.at;
  }

  /** Takes what a pattern with the flag `y` matches here; `undefined` if it does not. */
  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.#text)?.[0];
    this.at += found?.length ?? 0;
    return found;
  }

  /** Takes everything up to the end of the word. */
  takeRest(): string {
    const from = this.at;
    while (!this.wordEnds) this.at++;
    return this.#text.slice(from, this.at);
  }

  /** The text between two positions. */
  slice(from: number, to: number = this.at): string {
    return this.#text.slice(from, to);
  }

  /** The word that is being read, up to where it ends. */
  get word(): string {
    const at = this.at;
    this.takeRest();
    const word = this.slice(this.start);
    this.at = at;
    return word;
  }

  /**
   * Makes the error for a place in the word that is being read.
   *
   * @param what What is wrong, given the words that say where.
   * @param mend What to do.
   * @param at Where; the reading position if left out.
   */
  error(
    what: (place: string) => string,
    mend: string,
    at: number = this.at,
  ): CommandLineError {
    const word = this.word;
    const column = at - this.start + 1;
    return new CommandLineError(
      `Cannot read "${word}": ${what(`at column ${column}`)}; ${mend}`,
      { word, column },
    );
  }
}

/** Whether a character is white space. */
export function isBlank(sign: string): boolean {
  return /^\s$/u.test(sign);
}
