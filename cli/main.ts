import { existsSync } from "node:fs";
import { parseArgs, type ParseArgsOptionsConfig } from "node:util";
import {
  type Command,
  EXIT,
  type ExitCode,
  type Invocation,
  UsageError,
} from "./command.ts";
import { checkGiven } from "./check_given.ts";
import { COMMANDS } from "./commands.ts";
import { databaseToWrite, findDatabase } from "./database.ts";
import { commandHelp, mainHelp } from "./help.ts";
import { nearestName } from "../internal/names.ts";
import { processTerminal } from "./process_terminal.ts";
import type { Terminal } from "./terminal.ts";
import { visible } from "../internal/text.ts";
import { sentenceOf } from "./user_error.ts";
import { VERSION } from "./version.ts";
import type { SQLFinder } from "../tracker/mod.ts";

const GLOBAL: ParseArgsOptionsConfig = {
  db: { type: "string" },
  json: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
};

/**
 * Runs `ato` with the given words.
 *
 * @param args The words behind `ato`.
 * @param terminal Where to write. @default the process's own
 * @returns the exit code.
 */
export async function main(
  args: readonly string[],
  terminal: Terminal = processTerminal(),
): Promise<ExitCode> {
  try {
    return await dispatch(args, terminal);
  } catch (error) {
    if (error instanceof UsageError) {
      terminal.warn(error.message);
      return error.exitCode;
    }
    terminal.warn(sentenceOf(error));
    if (process.env.ATO_DEBUG && error instanceof Error) {
      for (const line of error.stack?.split("\n") ?? []) terminal.warn(line);
    }
    return EXIT.usage;
  }
}

async function dispatch(
  args: readonly string[],
  terminal: Terminal,
): Promise<ExitCode> {
  const [first, ...rest] = args;
  if (first === "--version" || first === "-V") {
    terminal.line(VERSION);
    return EXIT.ok;
  }
  if (
    first === undefined || first === "--help" || first === "-h" ||
    first === "help"
  ) {
    const topic = first === "help" ? rest[0] : undefined;
    await help(topic, terminal);
    return first === undefined ? EXIT.usage : EXIT.ok;
  }
  const command = await load(first);
  const parsed = parse(command, rest);
  if (parsed.values.help) {
    await help(first, terminal);
    return EXIT.ok;
  }
  checkGiven(command, parsed.positionals, parsed.values);
  return await invoke(command, parsed, terminal);
}

async function load(name: string): Promise<Command> {
  const loader = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (loader !== undefined) return await loader();
  if (name.startsWith("-")) {
    throw new UsageError(
      `Cannot begin with ${
        visible(name)
      }: options stand behind the command, as in \`ato runs --db FILE\``,
    );
  }
  const guess = nearestName(name, Object.keys(COMMANDS));
  throw new UsageError(
    `Cannot run ${visible(name)}: there is no such command; ` +
      (guess === undefined
        ? "`ato --help` lists them"
        : `did you mean ${guess}?`),
  );
}

function parse(command: Command, rest: readonly string[]) {
  const options = { ...GLOBAL, ...command.options };
  const words = [...command.rewrite?.(rest) ?? rest];
  try {
    return parseArgs({
      args: words,
      options,
      allowPositionals: true,
      allowNegative: true,
    });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const unknown = unknownOption(words, options);
    const guess = unknown &&
      nearestName(unknown.replace(/^--?/, ""), Object.keys(options));
    throw new UsageError(
      `Cannot run ato ${command.name}: ${
        unknown === undefined
          ? firstSentence(error)
          : `it has no option ${unknown}`
      }; ${
        guess ? `did you mean --${guess}?` : withDash(error, words) ??
          `\`ato ${command.name} --help\` lists its options`
      }`,
    );
  }
}

/** The first option that a command does not have. */
function unknownOption(
  args: string[],
  options: ParseArgsOptionsConfig,
): string | undefined {
  const { tokens } = parseArgs({
    args,
    options,
    allowPositionals: true,
    allowNegative: true,
    strict: false,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    const isKnown = Object.hasOwn(options, token.name) ||
      Object.values(options).some(({ short }) => short === token.name);
    if (!isKnown) return token.rawName;
  }
  return undefined;
}

/** Node explains over several lines; the first says what is wrong. */
/** What to write where a value begins with a dash, as in `--days -1`; `undefined` where it is something else. */
function withDash(
  error: TypeError,
  words: readonly string[],
): string | undefined {
  const option = /^Option '(--?[\w-]+).* argument is ambiguous/
    .exec(error.message)?.[1];
  const value = option && words[words.indexOf(option) + 1];
  return value &&
    `write ${option}=${visible(value)} if ${visible(value)} is its value`;
}

function firstSentence(error: Error): string {
  return error.message.split("\n")[0]!.replace(/\.$/, "");
}

async function invoke(
  command: Command,
  parsed: ReturnType<typeof parse>,
  terminal: Terminal,
): Promise<ExitCode> {
  const { values, positionals } = parsed;
  let opened: SQLFinder | undefined;
  const dbPath = () =>
    Promise.resolve(
      findDatabase(typeof values.db === "string" ? values.db : undefined),
    );
  const invocation: Invocation = {
    words: positionals,
    options: values as Invocation["options"],
    terminal,
    json: values.json === true,
    dbPath,
    dbPathToWrite: () =>
      Promise.resolve(
        databaseToWrite(typeof values.db === "string" ? values.db : undefined),
      ),
    async finder() {
      const { SQLFinder } = await import("../tracker/sql_finder.ts");
      opened ??= new SQLFinder(await dbPath(), {
        onWarning: (line) => terminal.notice(line),
      });
      return opened;
    },
  };
  try {
    return await command.run(invocation);
  } finally {
    await opened?.close();
  }
}

async function help(
  name: string | undefined,
  terminal: Terminal,
): Promise<void> {
  if (name !== undefined) return commandHelp(await load(name), terminal);
  const commands = await Promise.all(
    Object.values(COMMANDS).map((loader) => loader()),
  );
  mainHelp(commands, terminal);
}

/** Whether a path is there: commands that take files say so in one sentence. */
export function requireFile(path: string): void {
  if (!existsSync(path)) {
    throw new UsageError(`Cannot read ${visible(path)}: there is no such file`);
  }
}
