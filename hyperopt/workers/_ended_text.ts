/** What a person reads after Ctrl-C: how far the search came, and how to resume it. */
import { short } from "../../internal/text.ts";
import { visible } from "../../internal/visible_text.ts";
import type { Study } from "../study/study.ts";

/** Returns the sentence for a study that was closed. */
export function endedText<C>(study: Study<C>): string {
  const trials = study.trials();
  const measured = trials.filter(({ results }) => results.length > 0);
  const count = trials.length === 1 ? "1 trial" : `${trials.length} trials`;
  const { id, resumeHint } = study;
  return [
    `ato: Search ${
      visible(id)
    } was ended with a result for ${measured.length} of ${count}`,
    ...bestOf(study),
    ...(resumeHint === undefined ? [] : [resumeHint]),
  ].join("; ");
}

/** Several objectives have no best trial. */
function bestOf<C>(study: Study<C>): string[] {
  const names = Object.keys(study.objectives);
  if (names.length > 1) return [];
  const best = study.best();
  if (best === undefined) return [];
  const { trial, metrics } = best;
  return [
    `the best is trial ${trial.trial} with ${visible(study.metric)} ${
      short(metrics[study.metric] ?? NaN)
    }`,
  ];
}
