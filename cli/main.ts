import {
  type Command,
  EXIT,
  type ExitCode,
  type Invocation,
  UsageError,
} from "./command.ts";
import type { Arguments } from "./arguments.ts";
import { checkGiven } from "./check_given.ts";
import { COMMANDS } from "./commands.ts";
import { commandHelp, mainHelp } from "./help.ts";
import { nearestName } from "../internal/names.ts";
import { processTerminal } from "./process_terminal.ts";
import type { Terminal } from "./terminal.ts";
import { markAto } from "../internal/ato_command.ts";
import { attempt } from "../internal/attempt.ts";
import { visible } from "../internal/visible_text.ts";
import { sentenceOf } from "./user_error.ts";
import { VERSION } from "../internal/version.ts";
import type { SQLFinder } from "../tracker/mod.ts";

/**
 * Runs `ato` with the given words.
 *
 * @param args The words after `ato`.
 * @param terminal The terminal to write to. @default {the terminal of the process}
 * @returns the exit code.
 */
export async function main(
  args: readonly string[],
  terminal: Terminal = processTerminal(),
): Promise<ExitCode> {
  markAto();
  try {
    return await dispatch(args, terminal);
  } catch (error) {
    if (error instanceof UsageError) {
      terminal.warn(error.message);
      return error.exitCode;
    }
    terminal.warn(sentenceOf(error));
    if (debugging() && error instanceof Error) {
      for (const line of error.stack?.split("\n") ?? []) terminal.warn(line);
    }
    return EXIT.usage;
  }
}

/** Whether `ATO_DEBUG` is set; reading it can be denied under Deno. */
function debugging(): boolean {
  return !!attempt(() => process.env.ATO_DEBUG, {
    name: "env",
    variable: "ATO_DEBUG",
  });
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
  // Loaded late, like the commands: its parser is a package that `ato --version` can do without.
  const { readArguments } = await import("./arguments.ts");
  const given = readArguments(command, rest);
  if (given.options.help) {
    await help(first, terminal);
    return EXIT.ok;
  }
  checkGiven(command, given.words, given.options);
  return await invoke(command, given, terminal);
}

async function load(name: string): Promise<Command> {
  const loader = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (loader !== undefined) return await loader();
  if (name.startsWith("-")) {
    throw new UsageError(
      `Cannot start with ${
        visible(name)
      }: options come after the command, as in \`ato runs --db FILE\``,
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

async function invoke(
  command: Command,
  { words, options }: Arguments,
  terminal: Terminal,
): Promise<ExitCode> {
  let opened: SQLFinder | undefined;
  const db = typeof options.db === "string" ? options.db : undefined;
  const dbPath = async () => (await import("./database.ts")).findDatabase(db);
  const invocation: Invocation = {
    words,
    options,
    terminal,
    json: options.json === true,
    commands,
    dbPath,
    dbPathToWrite: async () =>
      (await import("./database.ts")).databaseToWrite(db),
    async finder() {
      const { SQLFinder } = await import("../tracker/reading.ts");
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
  mainHelp(await commands(), terminal);
}

function commands(): Promise<Command[]> {
  return Promise.all(Object.values(COMMANDS).map((load) => load()));
}
