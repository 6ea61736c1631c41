import type { Run, SQLFinder } from "../tracker/mod.ts";
import { NotFoundError, UsageError } from "./command.ts";
import type { Terminal } from "./terminal.ts";
import { nearestName } from "../internal/names.ts";
import { visible } from "../internal/visible_text.ts";

/**
 * Finds the run that a word names: an id, a UUID or its start, `latest`, or the name of the run. An id or a UUID also
 * finds a run in the trash.
 *
 * @param finder The file.
 * @param word The word.
 * @param terminal Where a line says that the run is in the trash. @default {nothing is said}
 * @returns the run.
 * @throws {NotFoundError} If there is no such run.
 * @throws {UsageError} If several have the name.
 */
export async function runNamed(
  finder: SQLFinder,
  word: string,
  terminal?: Pick<Terminal, "warn">,
): Promise<Run> {
  const run = word === "latest"
    ? (await allRuns(finder, undefined, 1)).at(-1)
    : await finder.findRun(/^\d+$/.test(word) ? Number(word) : word);
  if (run?.deletedAt !== undefined) {
    terminal?.warn(`ato: run ${run.id} is in the trash ${trashText(run)}`);
  }
  if (run !== undefined) return run;
  const runs = await allRuns(finder);
  const called = runs.filter(({ name }) => name === word);
  if (called.length === 1) return called[0]!;
  if (called.length > 1) {
    const ids = called.slice(-5).map(({ id }) => id).join(", ");
    throw new UsageError(
      `Cannot choose a run: ${called.length} have the name ${
        visible(word)
      }; name one by its id (the newest are ${ids})`,
    );
  }
  const names = runs.flatMap(({ name }) => name === undefined ? [] : [name]);
  const guess = nearestName(word, [...new Set(names)]);
  throw new NotFoundError(
    `Cannot find run ${visible(word)}: no run has this id, UUID or name; ` +
      (guess === undefined
        ? "`ato runs` lists them"
        : `did you mean ${visible(guess)}?`),
  );
}

/** Since when a run is in the trash, and how it comes back. */
export function trashText({ id, deletedAt }: Run): string {
  const since = deletedAt?.toISOString().slice(0, 19).replace("T", " ");
  return `since ${since}; \`ato restore ${id}\` brings it back`;
}

/**
 * Lists all runs of the file, oldest first.
 *
 * @param finder The file.
 * @param project Only runs of this project. @default {all projects}
 * @param last The number of newest runs. @default {all}
 * @returns the runs, without those in the trash.
 */
export async function allRuns(
  finder: SQLFinder,
  project?: string,
  last?: number,
): Promise<Run[]> {
  const names = project === undefined
    ? (await finder.listProjects()).map(({ name }) => name)
    : [project];
  const runs = await Promise.all(
    names.map((name) =>
      finder.getRunsInProject(name, last === undefined ? {} : { last })
    ),
  );
  const sorted = runs.flat().sort((a, b) => a.id - b.id);
  return last === undefined ? sorted : sorted.slice(-last);
}

/**
 * Lists the runs of a run's project, including the run itself.
 *
 * @param finder The file.
 * @param run The run.
 * @returns the runs, oldest first, without those in the trash.
 */
export async function runsBeside(finder: SQLFinder, run: Run): Promise<Run[]> {
  return (await allRuns(finder)).filter(({ projectId }) =>
    projectId === run.projectId
  );
}

/**
 * Finds the runs that words name, in their order.
 *
 * @param finder The file.
 * @param words The words; see {@linkcode runNamed}.
 * @param terminal Where a line says that a run is in the trash. @default {nothing is said}
 * @returns the runs.
 * @throws {NotFoundError} If there is no such run.
 */
export async function runsNamed(
  finder: SQLFinder,
  words: readonly string[],
  terminal?: Pick<Terminal, "warn">,
): Promise<Run[]> {
  const runs: Run[] = [];
  for (const word of words) runs.push(await runNamed(finder, word, terminal));
  return runs;
}

/** Says that there is no such project, and suggests a similar one. */
export function noProject(word: string, names: readonly string[]): string {
  const guess = nearestName(word, [...names]);
  return `Cannot find project ${visible(word)}: ` +
    (guess === undefined
      ? "`ato projects` lists them"
      : `did you mean ${visible(guess)}?`);
}

/**
 * Finds the project that the words name, or the only one in the file.
 *
 * @param finder The file.
 * @param words At most one word.
 * @returns its name.
 * @throws {NotFoundError} If there is no such project.
 * @throws {UsageError} If none is named and there is not exactly one, or several are named.
 */
export async function projectNamed(
  finder: SQLFinder,
  words: readonly string[],
): Promise<string> {
  const [word, ...more] = words;
  if (more.length > 0) {
    throw new UsageError("Cannot use several projects at once; name one");
  }
  if (word !== undefined) {
    const all = (await finder.listProjects()).map(({ name }) => name);
    if (all.includes(word)) return word;
    throw new NotFoundError(noProject(word, all));
  }
  const used = await finder.listProjects({ withRuns: true });
  const names = used.map(({ name }) => name);
  if (names.length === 1) return names[0]!;
  throw new UsageError(
    names.length === 0
      ? "Cannot choose a project: the file has none"
      : `Cannot choose a project: there are ${
        visible(names.join(", "))
      }; name one`,
  );
}
