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
import { nearest } from "./nearest.ts";
import { processTerminal } from "./process_terminal.ts";
import type { Terminal } from "./terminal.ts";
import { visible } from "./text.ts";
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
    if (!(error instanceof UsageError) && !isForUser(error)) throw error;
    terminal.warn(visible((error as Error).message));
    return EXIT.usage;
  }
}

/** Errors of the library are sentences with a colon for people; those of the engine have none. */
function isForUser(error: unknown): boolean {
  return error instanceof Error && /^Cannot .+: /.test(error.message);
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
  const guess = nearest(name, Object.keys(COMMANDS));
  throw new UsageError(
    `Cannot run ${visible(name)}: there is no such command; ` +
      (guess === undefined
        ? "`ato --help` lists them"
        : `did you mean ${guess}?`),
  );
}

function parse(command: Command, rest: readonly string[]) {
  const options = { ...GLOBAL, ...command.options };
  try {
    return parseArgs({
      args: [...command.rewrite?.(rest) ?? rest],
      options,
      allowPositionals: true,
      allowNegative: true,
    });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const unknown = /Unknown option '(--?[^']*)'/.exec(error.message)?.[1];
    const guess = unknown &&
      nearest(unknown.replace(/^--?/, ""), Object.keys(options));
    throw new UsageError(
      `Cannot run ato ${command.name}: ${
        unknown === undefined
          ? firstSentence(error)
          : `it has no option ${unknown}`
      }; ${
        guess
          ? `did you mean --${guess}?`
          : `\`ato ${command.name} --help\` lists its options`
      }`,
    );
  }
}

/** Node explains over several lines; the first says what is wrong. */
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
      opened ??= new SQLFinder(await dbPath());
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
