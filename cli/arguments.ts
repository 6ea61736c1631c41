/**
 * A strict parser for the words of a command. `parseArgs` of `@std/cli` accepts unknown options, missing
 * values and values of switches; a command of `ato` refuses them in one sentence.
 */
import { parseArgs } from "@std/cli/parse-args";
import { nearestName } from "../internal/names.ts";
import { getOwn } from "../internal/objects.ts";
import { visible } from "../internal/visible_text.ts";
import {
  type Command,
  type OptionsConfig,
  type OptionValue,
  UsageError,
} from "./command.ts";

const GLOBAL: OptionsConfig = {
  db: { type: "string" },
  json: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
};

/** The words and options of a command line. */
export interface Arguments {
  /** The words that are not options. */
  readonly words: readonly string[];
  /** The options that were given or have a default, by name. */
  readonly options: Readonly<Record<string, OptionValue>>;
}

/** Words that `parseArgs` cannot misunderstand, and the first mistake in them. */
interface Checked {
  readonly words: readonly string[];
  readonly problem: string | undefined;
}

/**
 * Reads the words after the name of a command.
 *
 * @param command The command.
 * @param given The words.
 * @returns its words and options.
 * @throws {UsageError} If an option is unknown, has no value although it needs one, or has a value although
 * it takes none.
 */
export function readArguments(
  command: Command,
  given: readonly string[],
): Arguments {
  const options = { ...GLOBAL, ...command.options };
  const { words, problem } = check(command.rewrite?.(given) ?? given, options);
  const names = (is: (option: OptionsConfig[string]) => boolean) =>
    Object.keys(options).filter((name) => is(options[name]!));
  const booleans = names(({ type }) => type === "boolean");
  const strings = names(({ type }) => type === "string");
  const { _, ...values } = parseArgs(words, {
    boolean: booleans,
    negatable: booleans,
    // Otherwise every boolean that is not given would be false.
    default: Object.fromEntries(
      booleans.map((name) => [name, options[name]?.default ?? false]),
    ),
    string: [...strings, "_"],
    collect: names(({ multiple }) => multiple === true),
    unknown: (word: string) => {
      if (isOption(word)) throw unknownOption(command.name, options, word);
      return true;
    },
  });
  if (problem !== undefined) {
    const help = problem.includes(";") ? "" : `; ${listedBy(command.name)}`;
    throw new UsageError(`Cannot run ato ${command.name}: ${problem}${help}`);
  }
  return { words: _.map(String), options: valuesOf(values, options) };
}

/** A single dash is a word: to many programs it means the standard input. */
function isOption(word: string): boolean {
  return word.length > 1 && word.startsWith("-");
}

/** Joins each option with its value, so that `parseArgs` cannot take another word as the value. */
function check(given: readonly string[], options: OptionsConfig): Checked {
  const words: string[] = [];
  let problem: string | undefined;
  const rest = [...given];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const [name, value] = split(word);
    const type = typeOf(name, options);
    if (word === "--") words.push(word, ...rest.splice(0));
    else if (/^-[^-]/.test(word)) words.push(...longNames(word, options));
    else if (type === "boolean") {
      if (value !== undefined) problem ??= `--${name} takes no value`;
      // With its value, because `parseArgs` would take a following `true` or `false` as one.
      words.push(`--${name}${Object.hasOwn(options, name) ? "=true" : ""}`);
    } else if (type === "string" && value === undefined) {
      problem ??= problemOfValue(word, rest[0]);
      words.push(`${word}=${rest.shift() ?? ""}`);
    } else words.push(word);
  }
  return { words, problem };
}

function split(word: string): [name: string, value: string | undefined] {
  if (!word.startsWith("--")) return ["", undefined];
  const at = word.indexOf("=", 3);
  return at < 0
    ? [word.slice(2), undefined]
    : [word.slice(2, at), word.slice(at + 1)];
}

function typeOf(
  name: string,
  options: OptionsConfig,
): "boolean" | "string" | undefined {
  const type = getOwn(options, name)?.type;
  if (type !== undefined || !name.startsWith("no-")) return type;
  const negated = getOwn(options, name.slice("no-".length))?.type;
  return negated === "boolean" ? negated : undefined;
}

/** Letters without a long name stay as they are and are refused as unknown. */
function longNames(group: string, options: OptionsConfig): string[] {
  return [...group.slice(1)].map((letter) => {
    const name = Object.keys(options)
      .find((name) => options[name]?.short === letter);
    return name === undefined ? `-${letter}` : `--${name}=true`;
  });
}

function problemOfValue(
  option: string,
  next: string | undefined,
): string | undefined {
  if (next === undefined) return `${option} needs a value`;
  if (!isOption(next)) return undefined;
  const value = visible(next);
  return `the value of ${option} is ambiguous; write ${option}=${value} if ${value} is its value`;
}

function unknownOption(
  command: string,
  options: OptionsConfig,
  word: string,
): UsageError {
  const name = word.startsWith("--") ? split(word)[0] : word.slice(1);
  const switches = Object.keys(options)
    .filter((name) => options[name]?.type === "boolean" && name !== "help");
  const guess = nearestName(name, [
    ...Object.keys(options),
    ...switches.map((name) => `no-${name}`),
  ]);
  const dashes = word.startsWith("--") ? "--" : "-";
  return new UsageError(
    `Cannot run ato ${command}: it has no option ${dashes}${name}; ${
      guess ? `did you mean --${guess}?` : listedBy(command)
    }`,
  );
}

function listedBy(command: string): string {
  return `\`ato ${command} --help\` lists its options`;
}

/** Leaves out options that were not given and have no default. */
function valuesOf(
  parsed: Readonly<Record<string, unknown>>,
  options: OptionsConfig,
): Record<string, OptionValue> {
  const values: Record<string, OptionValue> = {};
  for (const [name, { default: otherwise }] of Object.entries(options)) {
    const given = getOwn(parsed, name) as OptionValue;
    const value = Array.isArray(given) && given.length === 0
      ? undefined
      : given ?? otherwise;
    if (value !== undefined) values[name] = value;
  }
  return values;
}
