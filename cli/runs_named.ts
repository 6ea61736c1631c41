import type { Run, SQLFinder } from "../tracker/mod.ts";
import { UsageError } from "./command.ts";
import { runNamed } from "./runs_by_name.ts";

/**
 * Finds the runs that words name, each once.
 *
 * @param finder The file.
 * @param words Ids, UUIDs, or `latest`.
 * @param what What is to be done with them, for the message.
 * @returns the runs, in the order of the words.
 * @throws {UsageError} if no word is given, or one names no run.
 */
export async function runsNamed(
  finder: SQLFinder,
  words: readonly string[],
  what: string,
): Promise<Run[]> {
  if (words.length === 0) {
    throw new UsageError(
      `Cannot ${what}: no run is named; write ato ${what} RUN`,
    );
  }
  const runs = await Promise.all(words.map((word) => runNamed(finder, word)));
  return [...new Map(runs.map((run) => [run.id, run])).values()];
}
