import type { SQLFinder } from "../tracker/mod.ts";
import { UsageError } from "./command.ts";
import { runNamed } from "./runs_by_name.ts";
import { damageOf } from "./sound.ts";

/** A run, as far as it can be read. */
export interface NamedRun {
  /** Its id. */
  readonly id: number;
  /** How it stands; absent where that cannot be read. */
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
 * Finds the runs that words name, each once, for a command that changes nothing but where they stand:
 * one that is damaged can be put away by its id.
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
): Promise<NamedRun[]> {
  if (words.length === 0) {
    throw new UsageError(
      `Cannot ${what}: no run is named; write ato ${what} RUN`,
    );
  }
  const runs = await Promise.all(words.map((word) => namedRun(finder, word)));
  return [...new Map(runs.map((run) => [run.id, run])).values()];
}
