import { nearestName } from "../internal/names.ts";
import { visible } from "../internal/visible_text.ts";
import { type ExitCode, type Invocation, UsageError } from "./command.ts";

/** What a verb does with the words after it. */
export type VerbRun = (
  words: readonly string[],
  invocation: Invocation,
) => Promise<ExitCode>;

/** A verb of a command, as `show` in `ato search show`. */
export interface Verb {
  /** Loads what it does; it is called when the verb is used. */
  readonly load: () => Promise<VerbRun>;
  /** The options of the command that it uses. @default {none} */
  readonly options?: readonly string[];
}

/** A command that has verbs. */
export interface VerbCommand {
  /** The command, as it is typed: `ato search`. */
  readonly name: string;
  /** What its verbs work on, with its article: `a search`. */
  readonly object: string;
  /** The words after a verb, as its usage has them: `[ID]`. */
  readonly rest: string;
  /** The verbs by name. */
  readonly verbs: Readonly<Record<string, Verb>>;
}

/** The verb that was typed, and the words after it. */
export interface ChosenVerb {
  /** Its name. */
  readonly name: string;
  /** Loads what it does. */
  readonly load: () => Promise<VerbRun>;
  /** The words after it. */
  readonly words: readonly string[];
}

/**
 * Chooses the verb of a command by its first word.
 *
 * @param command The command.
 * @param invocation How it was called.
 * @returns the verb.
 * @throws {UsageError} If there is no such verb, or an option is given that it does not use.
 */
export function chooseVerb(
  command: VerbCommand,
  invocation: Invocation,
): ChosenVerb {
  const { verbs } = command;
  const [name, ...words] = invocation.words;
  const verb = name !== undefined && Object.hasOwn(verbs, name)
    ? verbs[name]
    : undefined;
  if (name === undefined || verb === undefined) throw noVerb(command, name);
  checkOptions(command, name, invocation);
  return { name, load: verb.load, words };
}

function noVerb(
  { name, object, rest, verbs }: VerbCommand,
  typed: string | undefined,
): UsageError {
  const names = Object.keys(verbs);
  const usage = `write ${name} ${names.join("|")} ${rest}`;
  if (typed === undefined) {
    return new UsageError(`Cannot run ${name} without a verb: ${usage}`);
  }
  const guess = nearestName(typed, names);
  const what = typed === "" ? '""' : visible(typed);
  const advice = guess === undefined ? usage : `did you mean ${guess}?`;
  return new UsageError(`Cannot do ${what} with ${object}: ${advice}`);
}

/** Refuses an option that the verb does not use: it is probably a mistake. */
function checkOptions(
  { name, verbs }: VerbCommand,
  typed: string,
  { options }: Invocation,
): void {
  const owners = (option: string) =>
    Object.keys(verbs).filter((one) => verbs[one]?.options?.includes(option));
  for (const [option, value] of Object.entries(options)) {
    if (value === undefined || value === false) continue;
    const users = owners(option);
    // Options that no verb names are those of all commands.
    if (users.length === 0 || users.includes(typed)) continue;
    throw new UsageError(
      `Cannot use --${option} with ${name} ${typed}; it is for ${name} ${
        users.join(" and ")
      }`,
    );
  }
}
