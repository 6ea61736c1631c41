import { checkArgv } from "./_arguments.ts";
import type { Argv } from "./argv.ts";
import { readPath } from "./_read_path.ts";
import { readValue } from "./_read_value.ts";
import { Source } from "./_source.ts";

/** A key path: strings are keys, numbers are indices of lists. */
export type KeyPath = readonly (string | number)[];

/** A word that names a view. */
export interface ViewWord {
  /** Its kind. */
  readonly kind: "view";
  /** The view's name. */
  readonly name: string;
  /** The word as it was typed. */
  readonly text: string;
}

/** A word that sets a key. */
export interface AssignmentWord {
  /** Its kind. */
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
 * Reads a command line. Nothing in it is evaluated as code.
 *
 * The grammar is in `docs/command_line.md`.
 *
 * @param argv The words, as a shell passes them, or the whole command line as one string.
 * @returns views and assignments, in order.
 * @throws {CommandLineError} If a word cannot be read; the error has the word and the column.
 * @throws {ScopeUsageError} If the command line is neither a string nor a list of strings.
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
      // In the single word `--lr 3` the value stands after a space.
      const [key, value = "value"] = word.replace(/^-+/, "").split(/\s+/);
      throw flagError(source, `${key}=${value}`);
    }
    const text = source.takeRest();
    return { kind: "view", name: text.trimEnd(), text };
  }
  if (word.startsWith("-")) throw flagError(source, word.replace(/^-+/, ""));
  refuseForeignPrefix(source, word);
  const path = readPath(source);
  source.skipSpaceInWord();
  const value = readOperator(source) === "="
    ? readValue(source)
    : source.takeRest();
  return { kind: "assignment", path, value, text: source.slice(source.start) };
}

function flagError(source: Source, instead: string): Error {
  return source.error(
    () => "a scope does not read flags with dashes",
    `write ${instead}, or read flags with a parser and pass them to scope.use`,
  );
}

/** Refuses Hydra's `+key`, `++key` and `~key`, and the long dashes of word processors. */
function refuseForeignPrefix(source: Source, word: string): void {
  const prefix = /^(?:[+~]+|\p{Pd}+)/u.exec(word)?.[0];
  if (prefix === undefined) return;
  const rest = word.slice(prefix.length);
  const fix = prefix.startsWith("~")
    ? `keys cannot be removed here: write ${keyOf(rest)}=null`
    : `write ${
      rest.startsWith("=") ? `key${rest}` : rest
    }, which sets the key whether it exists or not`;
  throw source.error((place) => `${prefix} ${place} cannot start a key`, fix);
}

function keyOf(word: string): string {
  return word.replace(/:?=[^]*$/, "");
}

/** The compound assignment operators of other languages. */
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
      (place) => `the operator ${compound} ${place} does not exist`,
      `write ${key}=value`,
    );
  }
  throw source.error(
    (place) => `= or := is expected ${place}`,
    "quote a key with unusual characters with %…%",
  );
}
