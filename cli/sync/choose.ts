import { choiceIn, type RunChoice } from "../choose_runs.ts";
import type { Invocation } from "../command.ts";
import { orNotice } from "../sound.ts";

/**
 * Makes the choice that the words and options of `ato sync` say; see {@linkcode choiceIn}. A run whose damage hides
 * whether it is chosen is not, and a notice says so.
 *
 * @param words The words after the place.
 * @param invocation How the command was called.
 * @returns the choice.
 * @throws {NotFoundError} If a name is neither that of a project nor that of a run.
 */
export async function choiceOf(
  words: readonly string[],
  { options, finder, terminal }: Invocation,
): Promise<RunChoice> {
  const choice = await choiceIn({
    words,
    options,
    terminal,
    file: await finder(),
    isFollowed: options.follow === true,
  });
  return async (run, project) =>
    choice === undefined ||
    (await orNotice(terminal, () => choice(run, project)) ?? false);
}
