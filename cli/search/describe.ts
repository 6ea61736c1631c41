/** A search as plain data for `--json`. */
import type { StudyView } from "../../hyperopt/mod.ts";
import { type RankedTrial, rankedTrials } from "./ranked_trials.ts";
import type { Config } from "./search_named.ts";

/** Returns the facts of a search without its trials. */
export function briefOf(study: StudyView<Config>): Record<string, unknown> {
  const { id, state, metric, settings, spent, sessions, best } = study;
  const { mode, seed, order, scheduler, sampler, budget } = settings ?? {};
  return {
    id,
    state,
    metric,
    mode,
    scheduler,
    sampler,
    seed,
    order,
    budget,
    spent,
    sessions,
    trials: study.trials.length,
    best: best === undefined ? null : {
      trial: best.trial.trial,
      fidelity: best.fidelity,
      metrics: best.metrics,
      config: best.trial.config,
      words: best.words,
      runs: best.trial.runs,
    },
  };
}

/** Returns all facts of a search. */
export function detailsOf(study: StudyView<Config>): Record<string, unknown> {
  const { settings, rungs, progress } = study;
  return {
    ...briefOf(study),
    space: settings?.dimensions.map(({ grid: _grid, ...one }) => one) ?? [],
    start: settings?.start,
    rungs,
    progress,
    trials: rankedTrials(study).map(trialOf),
  };
}

function trialOf(
  { view, fidelity, value, words }: RankedTrial,
): Record<string, unknown> {
  return { ...view, fidelity, value, words };
}
