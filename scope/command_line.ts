import type { Argv } from "./argv.ts";
import { readPath } from "./_read_path.ts";
import { readValue } from "./_read_value.ts";
import { Source } from "./_source.ts";

/** A key path: strings are keys, numbers are positions in an array. */
export type KeyPath = readonly (string | number)[];

/** A word that names a view. */
export interface ViewWord {
  /** What it is. */
  readonly kind: "view";
  /** The view's name. */
  readonly name: string;
  /** The word as it was typed. */
  readonly text: string;
}

/** A word that sets a key. */
export interface AssignmentWord {
  /** What it is. */
  readonly kind: "assignment";
  /** The key path. */
  readonly path: KeyPath;
  /** The value, as plain data. */
  readonly value: unknown;
  /** The word as it was typed. */
  readonly text: string;
}

/** A word of the command line. */
export type CommandLineWord = ViewWord | AssignmentWord;

/**
 * Reads a command line. Nothing in it is ever evaluated as code.
 *
 * The grammar is in `docs/command_line.md`.
 *
 * @param argv The words as a shell gives them, or the whole command line as one string.
 * @returns views and assignments, in order.
 * @throws {CommandLineError} Where a word cannot be read; it knows the word and the column.
 *
 * @example Values of every kind
 * ```ts
 * import { parseCommandLine } from "@ato/ato/scope";
 * import { assertEquals } from "@std/assert";
 *
 * const words = parseCommandLine("lr=1e-3 layers=[64, 128] name=%first try% wide");
 * assertEquals(words.map((word) => word.kind === "view" ? word.name : word.value), [
 *   0.001,
 *   [64, 128],
 *   "first try",
 *   "wide",
 * ]);
 * ```
 */
export function parseCommandLine(
  argv: Argv,
): CommandLineWord[] {
  const source = new Source(argv);
  const words: CommandLineWord[] = [];
  for (;;) {
    source.nextWord();
    if (source.done) return words;
    words.push(readWord(source));
  }
}

function readWord(source: Source): CommandLineWord {
  const word = source.word;
  if (!word.includes("=")) {
    if (word.startsWith("-")) {
      throw flagError(source, `${word.replace(/^-+/, "")}=value`);
    }
    const text = source.takeRest();
    return { kind: "view", name: text.trimEnd(), text };
  }
  if (word.startsWith("-")) throw flagError(source, word.replace(/^-+/, ""));
  const path = readPath(source);
  source.skipBlanksInWord();
  const value = readOperator(source) === "="
    ? readValue(source)
    : source.takeRest();
  return { kind: "assignment", path, value, text: source.slice(source.start) };
}

function flagError(source: Source, instead: string): Error {
  return source.error(
    () => "a scope reads no flags with dashes",
    `write ${instead}, or read flags with a parser and hand them to scope.use`,
  );
}

function readOperator(source: Source): "=" | ":=" {
  const two = source.peek(2);
  if (two === ":=") {
    source.at += 2;
    return ":=";
  }
  if (source.next === "=" && !source.wordEnds) {
    source.at++;
    return "=";
  }
  throw source.error(
    (place) => `= or := is expected ${place}`,
    "quote a key with unusual signs in it with %…%",
  );
}
