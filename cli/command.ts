import { UserError } from "../internal/errors.ts";
import type { Terminal } from "./terminal.ts";
import type { SQLFinder } from "../tracker/mod.ts";

/** Exit codes, the same for every command. */
export const EXIT = {
  /** Found; or no evidence of a difference. */
  ok: 0,
  /** Not found; or something differs. */
  differs: 1,
  /** The command was misused; or it cannot know. */
  usage: 2,
} as const;

/** One of {@linkcode EXIT}; `ato run` passes on that of the program. */
export type ExitCode = number;

/** A mistake of the person at the keyboard: one sentence, no stack trace. */
export class UsageError extends UserError {
  /** What the command ends with. */
  readonly exitCode: ExitCode = EXIT.usage;

  /** Makes the error. */
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "UsageError";
  }
}

/** What was named is not there: a run, a project, a metric. */
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

/** What a command is given. */
export interface Invocation {
  /** The words that are no options. */
  readonly words: readonly string[];
  /** The options, by name. */
  readonly options: Readonly<Record<string, OptionValue>>;
  /** Where to write. */
  readonly terminal: Terminal;
  /** Whether `--json` was given. */
  readonly json: boolean;
  /** Loads every command. */
  commands(): Promise<readonly Command[]>;
  /**
   * The database file that was asked for: `--db`, `ATO_DB`, or the only one of the folder.
   *
   * @throws {UsageError} if none can be found.
   */
  dbPath(): Promise<string>;
  /** The same for a command that may make the file: one that is named need not be there yet. */
  dbPathToWrite(): Promise<string>;
  /**
   * Opens it for reading; it is closed when the command ends.
   *
   * @throws {UsageError} if none can be found.
   */
  finder(): Promise<SQLFinder>;
}

/** A command of `ato`. */
export interface Command {
  /** What it is called. */
  readonly name: string;
  /** One line on what it does. */
  readonly summary: string;
  /** The words and options that it takes, e.g. `ato show RUN`. */
  readonly usage: string;
  /** The options of its own; `--db`, `--json` and `--help` belong to every command. */
  readonly options?: OptionsConfig;
  /** How many words it takes at most. @default any number; it looks itself */
  readonly most?: number;
  /** What each option does, by name. */
  readonly optionHelp?: Readonly<Record<string, string>>;
  /** Commands to try, each with what it does. */
  readonly examples: readonly (readonly [command: string, what: string])[];
  /** Rewrites the words before they are parsed, where some look like options and are none. */
  rewrite?(words: readonly string[]): readonly string[];
  /** Does it. */
  run(invocation: Invocation): Promise<ExitCode>;
}
