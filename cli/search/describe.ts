/** A search as plain data for `--json`. */
import type { BestTrial, StudyView } from "../../hyperopt/mod.ts";
import { hasSeveral, rankedTrials, type ShownTrial } from "./ranked_trials.ts";
import type { Config } from "./search_named.ts";

/** Returns the facts of a search without its trials. */
export function briefOf(study: StudyView<Config>): Record<string, unknown> {
  const { id, state, metric, settings, spent, sessions, best } = study;
  const { mode, seed, order, scheduler, sampler, budget } = settings ?? {};
  return {
    id,
    state,
    copyOf: study.copyOf,
    metric,
    mode,
    objectives: study.objectives,
    constraints: study.constraints,
    scheduler,
    sampler,
    seed,
    order,
    budget,
    spent,
    sessions,
    trials: study.trials.length,
    best: best === undefined ? null : resultOf(best),
    ...(hasSeveral(study) && { front: study.front.map(resultOf) }),
  };
}

function resultOf(
  { trial, fidelity, metrics, words, violation }: BestTrial<Config>,
): Record<string, unknown> {
  return {
    trial: trial.trial,
    fidelity,
    metrics,
    config: trial.config,
    words,
    runs: trial.runs,
    ...(violation !== undefined && { violation }),
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
    trials: rankedTrials(study).map((trial) => trialOf(trial, study)),
  };
}

function trialOf(
  { view, fidelity, value, rank, violation, words }: ShownTrial,
  { constraints }: StudyView<Config>,
): Record<string, unknown> {
  const isConstrained = Object.keys(constraints).length > 0;
  return {
    ...view,
    fidelity,
    value,
    rank,
    ...(isConstrained && rank !== undefined && { violation }),
    words,
  };
}
