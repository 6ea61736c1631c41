import { splitConditions } from "../split_conditions.ts";
import { chooseRuns, type Chosen } from "../export/choose.ts";
import { readEach } from "../sound.ts";
import type { Terminal } from "../terminal.ts";
import type { SQLFinder } from "../../tracker/mod.ts";

/**
 * Finds the runs that words name: runs, projects, and conditions that all of them meet. Without a run or project it
 * is all runs of the file.
 *
 * @param finder The file.
 * @param words Ids, UUIDs, `latest`, names of projects, and conditions such as `lr<0.1`.
 * @param terminal The terminal for a notice of each run whose damage hides whether it meets the conditions.
 * @returns the runs, oldest first, each once.
 * @throws {NotFoundError} If a word names no run and no project.
 */
export async function runsToSync(
  finder: SQLFinder,
  words: readonly string[],
  terminal: Terminal,
): Promise<Chosen[]> {
  const { compileFilter } = await import("../../tracker/mod.ts");
  const { names, conditions: texts } = splitConditions(words);
  const conditions = texts.map(compileFilter);
  const given = names.length > 0
    ? names
    : (await finder.listProjects()).map(({ name }) => name);
  const found = new Map<number, Chosen>();
  for (const name of given) {
    for (const one of await chooseRuns(finder, name)) {
      found.set(one.run.id, one);
    }
  }
  let runs = [...found.values()].map(({ run }) => run)
    .sort((a, b) => a.id - b.id);
  for (const meets of conditions) {
    const read = await readEach(runs, terminal, meets);
    runs = read.filter(({ value }) => value).map(({ run }) => run);
  }
  return runs.map(({ id }) => found.get(id)!);
}
