import { commandText } from "../../internal/shell_words.ts";
import { visible } from "../../internal/visible_text.ts";
import {
  EXIT,
  type ExitCode,
  type Invocation,
  NotFoundError,
} from "../command.ts";
import { numberOf } from "../option_values.ts";
import { rankedTrials } from "./ranked_trials.ts";
import { searchNamed } from "./search_named.ts";

/**
 * Writes the words of a command line that set the config of the best trial, or of another one.
 *
 * @param words The name of the search.
 * @param invocation The command.
 * @returns the exit code.
 */
export async function wordsOfSearch(
  words: readonly string[],
  invocation: Invocation,
): Promise<ExitCode> {
  const { terminal, json, options } = invocation;
  const study = await searchNamed(words, invocation);
  const { front } = study;
  if (
    options.trial === undefined && study.best === undefined && front.length > 0
  ) {
    throw new NotFoundError(
      `Cannot give the words of the best trial of ${
        visible(study.id)
      }: it has the objectives ${
        visible(Object.keys(study.objectives).join(", "))
      }; give --trial with one of its front: ${
        front.map(({ trial }) => trial.trial).join(", ")
      }`,
    );
  }
  const number = options.trial === undefined
    ? study.best?.trial.trial
    : numberOf(options.trial, "--trial", { min: 0, whole: true });
  const trial = rankedTrials(study).find(({ view }) => view.trial === number);
  if (trial === undefined) {
    throw new NotFoundError(
      options.trial === undefined
        ? `Cannot give the words of the best trial of ${
          visible(study.id)
        }: no trial has a result yet`
        : `Cannot find trial ${number}: search ${visible(study.id)} has ` +
          (study.trials.length === 0
            ? "no trials"
            : `trials 0 to ${study.trials.at(-1)!.trial}`),
    );
  }
  if (json) terminal.json(trial.words);
  // A person pastes the line; `$(ato search words ID)` gets words that a shell does not unquote, and a scope joins what
  // the shell splits.
  else if (terminal.interactive) terminal.line(commandText(trial.words));
  else terminal.data(trial.words.join(" "));
  return EXIT.ok;
}
