import type { Argv } from "./argv.ts";
import { checkArgv } from "./_check_argv.ts";
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
 * @throws {ScopeUsageError} If the command line is neither a text nor a list of texts.
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
  checkArgv(argv);
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
      // `--lr 3` in one word has its value behind a blank.
      const [key, value = "value"] = word.replace(/^-+/, "").split(/\s+/);
      throw flagError(source, `${key}=${value}`);
    }
    const text = source.takeRest();
    return { kind: "view", name: text.trimEnd(), text };
  }
  if (word.startsWith("-")) throw flagError(source, word.replace(/^-+/, ""));
  refuseForeignSign(source, word);
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

/** Hydra's `+key`, `++key` and `~key`, and dashes that a word processor made longer. */
function refuseForeignSign(source: Source, word: string): void {
  const signs = /^(?:[+~]+|\p{Pd}+)/u.exec(word)?.[0];
  if (signs === undefined) return;
  const rest = word.slice(signs.length);
  const mend = signs.startsWith("~")
    ? `keys cannot be removed here: write ${keyOf(rest)}=null`
    : `write ${
      rest.startsWith("=") ? `key${rest}` : rest
    }, which sets the key whether it is there or not`;
  throw source.error((place) => `${signs} ${place} cannot begin a key`, mend);
}

function keyOf(word: string): string {
  return word.replace(/:?=[^]*$/, "");
}

/** What other languages have in front of an `=`. */
const COMPOUND = /^(?:\*\*|\/\/|<<|>>|&&|\|\||\?\?|[-+*\/%|&^@!~?<>])=/;

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
  const compound = COMPOUND.exec(source.peek(3))?.[0];
  if (compound !== undefined) {
    const key = source.slice(source.start).trimEnd();
    throw source.error(
      (place) => `there is no operator ${compound}, as ${place}`,
      `write ${key}=value`,
    );
  }
  throw source.error(
    (place) => `= or := is expected ${place}`,
    "quote a key with unusual signs in it with %…%",
  );
}
