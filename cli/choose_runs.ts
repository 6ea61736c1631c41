/** Which runs a command is about: names, conditions and options, with one meaning in all commands, that of `ato runs`. */
import type { Run, SQLFinder } from "../tracker/mod.ts";
import {
  type Invocation,
  NotFoundError,
  type OptionsConfig,
} from "./command.ts";
import { dateOf } from "./date_option.ts";
import { oneOf } from "./option_values.ts";
import { nearestName } from "../internal/names.ts";
import { visible } from "../internal/visible_text.ts";
import { allRuns, runNamed } from "./runs_by_name.ts";
import { readEach } from "./sound.ts";
import { splitConditions } from "./split_conditions.ts";
import type { Terminal } from "./terminal.ts";

/** The options that choose runs. */
export const CHOICE: OptionsConfig = {
  tag: { type: "string", multiple: true },
  status: { type: "string" },
  since: { type: "string" },
};

/** What they do. */
export const CHOICE_HELP: Readonly<Record<string, string>> = {
  "--tag TAG": "Only runs with this tag; can be repeated",
  "--status STATUS":
    "Only runs that are running, completed, failed, crashed, interrupted …",
  "--since DATE": "Only runs that started on this day or later",
};

/** What the words and options of a command say. */
export interface ReadChoice {
  /** The names among the words: projects or runs. */
  readonly names: readonly string[];
  /** Tells whether a run meets the conditions and options; absent if every run does. */
  readonly meets: ((run: Run) => Promise<boolean>) | undefined;
}

/**
 * Reads the words and options that choose runs.
 *
 * @param words The words: names, and conditions such as `lr<0.1`.
 * @param options The options of {@linkcode CHOICE}.
 * @throws {FilterError} If a condition cannot be read.
 * @throws {UsageError} If a day cannot be read.
 */
export async function readChoice(
  words: readonly string[],
  options: Invocation["options"],
): Promise<ReadChoice> {
  const { names, conditions: texts } = splitConditions(words);
  const { compileFilter } = await import("../tracker/mod.ts");
  const conditions = texts.map(compileFilter);
  const isKept = plainFilter(options);
  if (conditions.length === 0 && isKept === undefined) {
    return { names, meets: undefined };
  }
  const meets = async (run: Run): Promise<boolean> => {
    if (!(isKept?.(run) ?? true)) return false;
    for (const keeps of conditions) if (!await keeps(run)) return false;
    return true;
  };
  return { names, meets };
}

/** Makes a filter of the options `--tag`, `--status` and `--since`. */
function plainFilter(
  options: Invocation["options"],
): ((run: Run) => boolean) | undefined {
  const tags = (options.tag ?? []) as string[];
  const { status } = options;
  const since = typeof options.since === "string"
    ? dateOf(options.since)
    : undefined;
  if (tags.length === 0 && status === undefined && since === undefined) {
    return undefined;
  }
  return (run) =>
    tags.every((tag) => run.tags.includes(tag)) &&
    (status === undefined || run.status === status) &&
    (since === undefined || (run.startTime?.getTime() ?? 0) >= since);
}

/** The statuses that Ato sets; a script can set others. */
const STATUSES = [
  "running",
  "completed",
  "failed",
  "crashed",
  "interrupted",
] as const;

/**
 * Refuses an unknown status that no run has: it is a mistake, not an empty answer.
 *
 * @throws {UsageError} If it is one.
 */
export async function checkStatus(
  status: unknown,
  runs: readonly Run[],
  terminal: Terminal,
): Promise<void> {
  if (status === undefined) return;
  const found = await readEach(runs, terminal, (run) => run.status);
  const known = found.map(({ value }) => value);
  oneOf(status, [...new Set([...STATUSES, ...known])], "--status");
}

/** Tells whether a run of a project is chosen. */
export type RunChoice = (run: Run, project: string) => Promise<boolean>;

/** Where a choice is made. */
export interface ChoicePlace {
  readonly words: readonly string[];
  readonly options: Invocation["options"];
  readonly file: SQLFinder;
  readonly terminal: Terminal;
  /** Whether a project that is named can still be to come. */
  readonly isFollowed?: boolean;
}

/**
 * Makes the choice that words and options say among the runs of a file: those of the named projects and the named runs,
 * or all, if they meet the conditions and options. It is asked again while a file is followed, because runs come to meet
 * a condition.
 *
 * @returns the choice; `undefined` if all runs are chosen.
 * @throws {NotFoundError} If a name is neither that of a project nor that of a run.
 */
export async function choiceIn(
  { words, options, file, terminal, isFollowed = false }: ChoicePlace,
): Promise<RunChoice | undefined> {
  const { names, meets } = await readChoice(words, options);
  const runs = (options.run ?? []) as readonly string[];
  if (options.status !== undefined && !isFollowed) {
    await checkStatus(options.status, await allRuns(file), terminal);
  }
  const projects = new Set<string>();
  const ids = new Set<number>();
  for (const name of names) {
    const id = await idNamed(name, { file, terminal, isFollowed });
    if (id === undefined) projects.add(name);
    else ids.add(id);
  }
  const only = new Set<number>();
  for (const name of runs) only.add((await runNamed(file, name, terminal)).id);
  const isAll = names.length === 0 && only.size === 0;
  if (isAll && meets === undefined) return undefined;
  return async (run, project) =>
    (names.length === 0 || projects.has(project) || ids.has(run.id)) &&
    (only.size === 0 || only.has(run.id)) &&
    (meets === undefined || await meets(run));
}

/** Finds the run that a name is of; `undefined` for a project. A number is a run. */
async function idNamed(
  name: string,
  { file, terminal, isFollowed }: Required<
    Pick<ChoicePlace, "file" | "terminal" | "isFollowed">
  >,
): Promise<number | undefined> {
  const isRun = /^\d+$/.test(name) &&
    await file.findRun(Number(name)) !== undefined;
  if (!isRun && await file.findProject(name) !== undefined) return undefined;
  try {
    return (await runNamed(file, name, terminal)).id;
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
    if (isFollowed) return undefined;
    const names = (await file.listProjects()).map((project) => project.name);
    const guess = nearestName(name, names);
    throw new NotFoundError(
      `Cannot find ${visible(name)}: no project and no run has this name; ` +
        (guess === undefined
          ? "`ato projects` and `ato runs` list them"
          : `did you mean the project ${visible(guess)}?`),
    );
  }
}
