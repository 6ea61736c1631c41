import { UserError } from "../internal/errors.ts";
import type { Terminal } from "./terminal.ts";
import type { SQLFinder } from "../tracker/mod.ts";

/** Exit codes, the same for every command. */
export const EXIT = {
  /** Found, or no evidence of a difference. */
  ok: 0,
  /** Not found, or something differs. */
  differs: 1,
  /** The command was used wrongly, or it cannot tell. */
  usage: 2,
} as const;

/** One of {@linkcode EXIT}; `ato run` returns the exit code of the program. */
export type ExitCode = number;

/** The command line was used wrongly; the message is one sentence that says how to fix it. */
export class UsageError extends UserError {
  /** The exit code of the command. */
  readonly exitCode: ExitCode = EXIT.usage;

  /** Makes the error. */
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "UsageError";
  }
}

/** A run, project or metric with the given name does not exist. */
export class NotFoundError extends UsageError {
  override readonly exitCode: ExitCode = EXIT.differs;

  /** Makes the error. */
  constructor(message: string) {
    super(message);
    this.name = "NotFoundError";
  }
}

/** The value of an option; a list if it can be given several times. */
export type OptionValue = string | boolean | readonly string[] | undefined;

/** The options that a command takes, by name. */
export type OptionsConfig = Readonly<
  Record<string, {
    /** Whether it takes a value. */
    readonly type: "string" | "boolean";
    /** Whether it can be given several times. @default {false} */
    readonly multiple?: boolean;
    /** One letter for an option without a value, as in `-h`. */
    readonly short?: string;
    /** Its value if it is not given. */
    readonly default?: string | boolean;
  }>
>;

/** What a command gets. */
export interface Invocation {
  /** The words that are not options. */
  readonly words: readonly string[];
  /** The options, by name. */
  readonly options: Readonly<Record<string, OptionValue>>;
  /** The terminal to write to. */
  readonly terminal: Terminal;
  /** Whether `--json` was given. */
  readonly json: boolean;
  /** Loads every command. */
  commands(): Promise<readonly Command[]>;
  /**
   * Finds the database file: `--db`, then `ATO_DB`, then the only one in the folder.
   *
   * @throws {UsageError} If there is no such file, or no or several candidates.
   */
  dbPath(): Promise<string>;
  /** Finds the file for a command that can create it: a file that is named need not exist yet. */
  dbPathToWrite(): Promise<string>;
  /**
   * Opens the file for reading; it is closed when the command ends.
   *
   * @throws {UsageError} If there is no such file, or no or several candidates.
   */
  finder(): Promise<SQLFinder>;
}

/** A command of `ato`. */
export interface Command {
  /** Its name. */
  readonly name: string;
  /** What it does, in one line. */
  readonly summary: string;
  /** The words and options that it takes, e.g. `ato show RUN`. */
  readonly usage: string;
  /** Its own options; `--db`, `--json` and `--help` belong to every command. */
  readonly options?: OptionsConfig;
  /** The most words that it takes. @default {any number; the command checks them itself} */
  readonly most?: number;
  /** What each option does, by name. */
  readonly optionHelp?: Readonly<Record<string, string>>;
  /** Examples, each with what it does. */
  readonly examples: readonly (readonly [command: string, what: string])[];
  /** Rewrites the words before they are parsed, if some that look like options are not. */
  rewrite?(words: readonly string[]): readonly string[];
  /** Runs the command. */
  run(invocation: Invocation): Promise<ExitCode>;
}
