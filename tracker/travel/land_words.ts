/** Writes what of the environment of an attempt travels as a source: the words of its command line, and its diff. */
import type { Connection } from "../driver.ts";
import { COMMAND_WORDS, type CommandWords } from "./command_words.ts";

/**
 * Adds the words that an attempt lacks.
 *
 * @param to The file.
 * @param of The run, its attempt and the words.
 */
export function addWords(
  to: Connection,
  { run, attempt, words }: {
    readonly run: number;
    readonly attempt: number;
    readonly words: CommandWords;
  },
): void {
  for (const name of COMMAND_WORDS) {
    if (words[name] === undefined) continue;
    to.prepare(
      `UPDATE attempts SET environment = json_set(environment, '$.${name}', json(?))
       WHERE run_id = ? AND attempt = ? AND json_valid(environment)
       AND json_type(environment, '$.${name}') IS NULL`,
    ).run(JSON.stringify(words[name]), run, attempt);
  }
}

/**
 * Adds the uncommitted changes that an attempt lacks.
 *
 * @param to The file.
 * @param of The run, its attempt and the diff.
 */
export function addDiff(
  to: Connection,
  { run, attempt, diff }: {
    readonly run: number;
    readonly attempt: number;
    readonly diff: string;
  },
): void {
  to.prepare(
    `UPDATE attempts SET environment = json_set(environment, '$.git.diff', ?)
     WHERE run_id = ? AND attempt = ? AND json_valid(environment)
     AND json_type(environment, '$.git') = 'object'
     AND json_extract(environment, '$.git.diff') IS NULL`,
  ).run(diff, run, attempt);
}
