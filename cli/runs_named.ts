import type { SQLFinder } from "../tracker/mod.ts";
import { UsageError } from "./command.ts";
import { runNamed } from "./runs_by_name.ts";
import { damageOf } from "./sound.ts";

/** A run that may be damaged. */
export interface NamedRun {
  /** Its id. */
  readonly id: number;
  /** Its status; absent if it cannot be read. */
  readonly status?: string;
}

async function namedRun(finder: SQLFinder, word: string): Promise<NamedRun> {
  try {
    const { id, status } = await runNamed(finder, word);
    return { id, status };
  } catch (error) {
    const damage = await damageOf(error);
    if (damage !== undefined && String(damage.run) === word) {
      return { id: Number(word) };
    }
    throw error;
  }
}

/**
 * Finds the runs that words name, each once, for a command that moves runs into or out of the trash: also a
 * damaged run can be named by its id.
 *
 * @param finder The file.
 * @param words Ids, UUIDs, or `latest`.
 * @param what The verb of the command, for the message.
 * @returns the runs, in the order of the words.
 * @throws {UsageError} If there is no word, or a word names no run.
 */
export async function runsNamed(
  finder: SQLFinder,
  words: readonly string[],
  what: string,
): Promise<NamedRun[]> {
  if (words.length === 0) {
    throw new UsageError(
      `Cannot ${what}: no run is named; write ato ${what} RUN`,
    );
  }
  const runs = await Promise.all(words.map((word) => namedRun(finder, word)));
  return [...new Map(runs.map((run) => [run.id, run])).values()];
}
