import type { Argv } from "./argv.ts";
import { CommandLineError } from "./errors.ts";

/**
 * The words of a command line as one string with a reading position.
 *
 * The shell splits at spaces, so an open bracket or quote continues in the next word. Outside of
 * brackets and quotes a *joint* ends the word: the place where two words were joined or, if the command
 * line is one string, any white space.
 */
export class Source {
  readonly #text: string;
  readonly #joints: ReadonlySet<number> | undefined;
  /** The reading position. */
  at = 0;
  /** Where the current word starts. */
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

  /** The next character; empty at the end. */
  get next(): string {
    return this.#text[this.at] ?? "";
  }

  /** Returns the next `length` characters without reading them. */
  peek(length: number): string {
    return this.#text.slice(this.at, this.at + length);
  }

  /** Whether everything was read. */
  get done(): boolean {
    return this.at >= this.#text.length;
  }

  /** Whether the word ends here, outside of brackets and quotes. */
  get wordEnds(): boolean {
    if (this.done) return true;
    return this.#joints === undefined
      ? isSpace(this.next)
      : this.#joints.has(this.at);
  }

  /** Skips white space, joints included. */
  skipSpace(): void {
    while (!this.done && isSpace(this.next)) this.at++;
  }

  /** Skips white space within the word. */
  skipSpaceInWord(): void {
    while (!this.wordEnds && isSpace(this.next)) this.at++;
  }

  /** Moves to the next word. */
  nextWord(): void {
    this.skipSpace();
    this.start = this.at;
  }

  /** Reads what a pattern with the flag `y` matches here; `undefined` if it does not match. */
  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.#text)?.[0];
    this.at += found?.length ?? 0;
    return found;
  }

  /** Reads everything up to the end of the word. */
  takeRest(): string {
    const from = this.at;
    while (!this.wordEnds) this.at++;
    return this.#text.slice(from, this.at);
  }

  /** Returns the text between two positions. */
  slice(from: number, to: number = this.at): string {
    return this.#text.slice(from, to);
  }

  /** The whole current word. */
  get word(): string {
    const at = this.at;
    this.takeRest();
    const word = this.slice(this.start);
    this.at = at;
    return word;
  }

  /**
   * Makes the error for a place in the current word.
   *
   * @param what Returns what is wrong, given the words for the place.
   * @param fix How to fix it.
   * @param at The position. @default {the reading position}
   */
  error(
    what: (place: string) => string,
    fix: string,
    at: number = this.at,
  ): CommandLineError {
    const word = this.word;
    const column = at - this.start + 1;
    return new CommandLineError(
      `Cannot read "${word}": ${what(`at column ${column}`)}; ${fix}`,
      { word, column },
    );
  }
}

/** Whether a character is white space. */
export function isSpace(character: string): boolean {
  return /^\s$/u.test(character);
}
