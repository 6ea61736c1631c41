import type { Run, SQLFinder } from "../tracker/mod.ts";
import { UsageError } from "./command.ts";
import { visible } from "./text.ts";

/**
 * Finds the run that a word names: an id, a UUID or its beginning, or `latest`.
 *
 * @param finder The file.
 * @param word The word.
 * @returns the run.
 * @throws {UsageError} if there is no such run.
 */
export async function runNamed(finder: SQLFinder, word: string): Promise<Run> {
  const run = word === "latest"
    ? (await allRuns(finder, undefined, 1)).at(-1)
    : await finder.findRun(/^\d+$/.test(word) ? Number(word) : word);
  if (run !== undefined) return run;
  throw new UsageError(
    `Cannot find run ${
      visible(word)
    }: no run has this id or UUID; \`ato runs\` lists them`,
  );
}

/**
 * All runs of the file, oldest first.
 *
 * @param finder The file.
 * @param project Only those of this project.
 * @param last Only so many of the newest.
 * @returns the runs; those in the bin are left out.
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
 * The project that the words name, or the only one of the file.
 *
 * @param finder The file.
 * @param words At most one word.
 * @returns its name.
 * @throws {UsageError} if there is no such project, or several and none is named.
 */
export async function projectNamed(
  finder: SQLFinder,
  words: readonly string[],
): Promise<string> {
  const [word, ...more] = words;
  if (more.length > 0) {
    throw new UsageError("Cannot take several projects at once; name one");
  }
  const names = (await finder.listProjects()).map(({ name }) => name);
  if (word !== undefined) {
    if (names.includes(word)) return word;
    throw new UsageError(
      `Cannot find project ${visible(word)}; \`ato projects\` lists them`,
    );
  }
  if (names.length === 1) return names[0]!;
  throw new UsageError(
    names.length === 0
      ? "Cannot choose a project: the file has none"
      : `Cannot choose a project: there are ${
        visible(names.join(", "))
      }; name one`,
  );
}
