import type { Run } from "../tracker/mod.ts";
import { commandText } from "../internal/shell_words.ts";

/**
 * The command that runs a run once more, as somebody would type it.
 *
 * @param run The run.
 * @param words What to change, e.g. `lr=0.1`.
 * @returns `ato repeat …`, or in words where the run did not record how it was started.
 */
export function repeatCommand(run: Run, ...words: readonly string[]): string {
  const { command, argv } = run.environment;
  const start = command === undefined && argv === undefined
    ? "the same command"
    : `ato repeat ${run.id}`;
  return words.length === 0 ? start : `${start} ${commandText(words)}`;
}
