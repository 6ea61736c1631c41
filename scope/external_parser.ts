import { checkArgument, checkOptions, type Kind } from "./_arguments.ts";
import type { AssignmentWord } from "./command_line.ts";
import { CommandLineError, ScopeUsageError } from "./errors.ts";
import { isPromise } from "../internal/promises.ts";
import { isSame, toPlain } from "../internal/config_data.ts";
import { leavesOf } from "../internal/leaves.ts";
import { bareValue } from "../internal/bare_value.ts";
import type { Flags } from "./_resolution.ts";
import type { Argv } from "./argv.ts";

/** The result of `parseArgs` of `@std/cli`. */
export interface StdParsed {
  /** The words that are not flags. */
  readonly _: readonly (string | number)[];
  /** The flags. */
  readonly [flag: string]: unknown;
}

/** The result of `parseArgs` of `node:util`. */
export interface NodeParsed {
  /** The flags. */
  readonly values: Readonly<Record<string, unknown>>;
  /** The words that are not flags. */
  readonly positionals: readonly string[];
  /** What was really given, if the option `tokens` was set. */
  readonly tokens?: readonly {
    readonly kind: string;
    readonly name?: string;
  }[];
}

/** The result of a flag parser. */
export type ParsedFlags = StdParsed | NodeParsed;

/** A function that parses a command line. It is called with an empty one to get the defaults. */
export type FlagParser = (argv: string[]) => ParsedFlags;

/** Options for {@linkcode Scope.use}. */
export interface UseOptions {
  /**
   * The parser's defaults: the values of flags that are not given.
   *
   * @default {the result for an empty command line, if the parser is passed as a function}
   */
  readonly defaults?: Readonly<Record<string, unknown>>;
  /**
   * The flags of the script, besides those in `defaults`.
   *
   * @default {any flag is known}
   */
  readonly known?: readonly string[];
  /**
   * What happens to unknown flags: they are an error, become keys too, or are ignored.
   *
   * @default {"error"}
   */
  readonly unknown?: "error" | "merge" | "ignore";
  /**
   * Returns the key path of a flag, with dots between the keys.
   *
   * @default {`batch-size` becomes `batchSize`}
   */
  readonly rename?: (flag: string) => string;
}

/** A command line as a flag parser read it. */
export interface ReadFlags {
  readonly flags: Flags;
  /** The words that are left for the scope. */
  readonly rest: Argv;
}

/** Reads the flags of a command line for a scope. */
export type FlagReader = (argv: Argv, isProcess: boolean) => ReadFlags;

const USE_OPTIONS: Readonly<Record<keyof UseOptions, Kind>> = {
  defaults: "an object of keys",
  known: "a list of names",
  unknown: "a string",
  rename: "a function",
};

interface Parts {
  readonly values: Readonly<Record<string, unknown>>;
  readonly rest: readonly string[];
  readonly tokens: NodeParsed["tokens"];
}

/**
 * Makes the reader for {@linkcode Scope.use}.
 *
 * @param parsed The result of a flag parser, or a function that parses.
 * @param options How flags become keys.
 * @returns the reader.
 * @throws {ScopeUsageError} If `parsed` has neither form, or an option is unknown or of another kind.
 */
export function flagReader(
  parsed: ParsedFlags | FlagParser,
  options: UseOptions,
): FlagReader {
  checkOptions("use a flag parser", options, USE_OPTIONS);
  if (!["error", "merge", "ignore", undefined].includes(options.unknown)) {
    throw new ScopeUsageError(
      `Cannot use a flag parser: unknown is ${
        JSON.stringify(options.unknown)
      }; pass "error", "merge" or "ignore"`,
    );
  }
  if (typeof parsed !== "function") {
    const parts = readParts(parsed);
    const flags = readFlags(parts, options.defaults ?? {}, [], options);
    // Words that a program passes win over those that the parser left.
    return (argv, isProcess) => ({
      flags,
      rest: isProcess ? parts.rest : argv,
    });
  }
  const defaults = options.defaults ?? readParts(callParser(parsed, [])).values;
  return (argv) => {
    const words = typeof argv === "string" ? argv.trim().split(/\s+/) : argv;
    const parts = readParts(callParser(parsed, words));
    return {
      flags: readFlags(parts, defaults, words, options),
      rest: parts.rest,
    };
  };
}

/** Calls a parser; a flag that it refuses is an error of the command line. */
function callParser(parser: FlagParser, argv: readonly string[]): ParsedFlags {
  try {
    return parser([...argv]);
  } catch (error) {
    const isRefusal = error instanceof TypeError && "code" in error &&
      String(error.code).startsWith("ERR_PARSE_ARGS");
    if (!isRefusal) throw error;
    const word = argv.find((item) => item.startsWith("-")) ?? "";
    throw new CommandLineError(`Cannot read the flags: ${error.message}`, {
      word,
      column: 1,
    });
  }
}

function readParts(parsed: ParsedFlags): Parts {
  if (isPromise(parsed)) {
    throw new ScopeUsageError(
      "Cannot use a flag parser that is async: the flags are needed at once; await them and pass the result",
    );
  }
  const { values, positionals, tokens } = (parsed ?? {}) as NodeParsed;
  if (
    Array.isArray(positionals) && typeof values === "object" && values !== null
  ) {
    return { values, rest: positionals, tokens };
  }
  const { _: words, "--": after = [], ...flags } = (parsed ?? {}) as StdParsed;
  if (!Array.isArray(words) || !Array.isArray(after)) {
    throw new ScopeUsageError(
      "Cannot use these flags: they have neither `_` nor `values` and `positionals`; " +
        "pass what parseArgs of @std/cli or node:util returns",
    );
  }
  return {
    values: flags,
    rest: [...words, ...after].map(String),
    tokens: undefined,
  };
}

function readFlags(
  parts: Parts,
  defaults: Readonly<Record<string, unknown>>,
  argv: readonly string[],
  options: UseOptions,
): Flags {
  const given: AssignmentWord[] = [];
  for (const name of Object.keys(parts.values)) {
    const value = parts.values[name];
    if (value === undefined || !isWanted(name, defaults, options)) continue;
    const isGiven = parts.tokens === undefined
      ? !Object.hasOwn(defaults, name) || !isSame(value, defaults[name]) ||
        mentions(argv, name)
      : parts.tokens.some((token) =>
        token.kind === "option" && token.name === name
      );
    if (isGiven) {
      given.push(...toWords(name, exactly(name, value, argv), options));
    }
  }
  const filledIn = Object.keys(defaults).filter((name) =>
    defaults[name] !== undefined
  );
  const words = filledIn.flatMap((
    name,
  ) => [...toWords(name, defaults[name], options)]);
  return { defaults: words, given };
}

/** Returns an integer that the parser rounded as it was typed. */
function exactly(
  name: string,
  value: unknown,
  argv: readonly string[],
): unknown {
  if (!Number.isInteger(value) || Number.isSafeInteger(value)) return value;
  const flag = name.length === 1 ? `-${name}` : `--${name}`;
  // If a flag is given twice, the last one counts.
  for (const index of [...argv.keys()].toReversed()) {
    const word = argv[index]!;
    const typed = word === flag
      ? argv[index + 1]
      : word.startsWith(`${flag}=`)
      ? word.slice(flag.length + 1)
      : undefined;
    const exact = typed === undefined ? undefined : bareValue(typed);
    if (typeof exact === "bigint" && Number(exact) === value) return exact;
  }
  return value;
}

/** Whether a flag becomes a key. */
function isWanted(
  name: string,
  defaults: Readonly<Record<string, unknown>>,
  options: UseOptions,
): boolean {
  const { known, unknown = "error" } = options;
  if (
    known === undefined || known.includes(name) || Object.hasOwn(defaults, name)
  ) return true;
  if (unknown !== "error") return unknown === "merge";
  const word = `${name.length === 1 ? "-" : "--"}${name}`;
  throw new CommandLineError(
    `Cannot use the flag ${word}: the script has no such flag; it has ${
      [...new Set([...Object.keys(defaults), ...known])].map((flag) =>
        `--${flag}`
      ).join(", ")
    }`,
    { word, column: 1 },
  );
}

/** Whether a flag is on the command line, even with its default value. */
function mentions(argv: readonly string[], name: string): boolean {
  const end = argv.indexOf("--");
  const flags = end < 0 ? argv : argv.slice(0, end);
  return flags.some((word) =>
    word === `--${name}` || word.startsWith(`--${name}=`) ||
    word === `--no-${name}` ||
    (name.length === 1 && word.startsWith(`-${name}`))
  );
}

function* toWords(
  name: string,
  value: unknown,
  { rename = toCamelCase }: UseOptions,
): Generator<AssignmentWord> {
  const renamed: unknown = rename(name);
  checkArgument(
    "use a flag",
    `what rename returns for --${name}`,
    renamed,
    "a string",
  );
  const path = (renamed as string).split(".");
  for (const [below, leaf] of leavesOf(toPlain(value), path)) {
    yield { kind: "assignment", path: below, value: leaf, text: `--${name}` };
  }
}

function toCamelCase(flag: string): string {
  return flag.replace(/-+(\w)/g, (_, letter: string) => letter.toUpperCase());
}
