import type { Run } from "../tracker/mod.ts";
import { commandText } from "../internal/shell_words.ts";

/**
 * Writes the command that repeats a run, as it is typed in a shell.
 *
 * @param run The run.
 * @param words Words to add, e.g. `lr=0.1`.
 * @returns `ato repeat …`; a phrase if the run did not record how it was started.
 */
export function repeatCommand(run: Run, ...words: readonly string[]): string {
  const { command, argv } = run.environment;
  const start = command === undefined && argv === undefined
    ? "the same command"
    : `ato repeat ${run.id}`;
  return words.length === 0 ? start : `${start} ${commandText(words)}`;
}
