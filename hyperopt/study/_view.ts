/** Views of the state of a study. */
import { wordsOf } from "../words_of.ts";
import { configOf, dimensionsOf } from "./_stored_config.ts";
import type { FrontState, StudyState } from "./_state.ts";
import type { TrialState } from "./_trial_state.ts";
import type { BestTrial, TrialTimes, TrialView } from "./trial_view.ts";

/** Returns the view of a trial. */
export function viewOf<C>(state: TrialState): TrialView<C> {
  const { trial, seed, bracket, rung, status, source, checkpoint, error } =
    state;
  return {
    trial,
    config: configOf(state.stored) as C,
    seed,
    bracket,
    rung,
    status,
    results: [...state.results],
    attempts: state.attempts.length,
    runs: [...state.runs],
    ...(source !== undefined && { source }),
    ...(checkpoint !== undefined && { checkpoint: checkpoint.what }),
    ...(error !== undefined && { error }),
  };
}

/** Returns the views of all trials, by number. */
export function viewAll<C>(state: StudyState): TrialView<C>[] {
  return state.trials.flatMap((trial) =>
    trial === undefined ? [] : [viewOf<C>(trial)]
  );
}

/** Returns when each trial ran, by number. */
export function viewTimes(state: StudyState): TrialTimes[] {
  return state.trials.flatMap((trial) => {
    if (trial === undefined) return [];
    const startedAt = trial.attempts[0]?.started;
    const endedAt = trial.attempts.at(-1)?.ended;
    return [{
      trial: trial.trial,
      ...(startedAt !== undefined && { startedAt }),
      ...(endedAt !== undefined && { endedAt }),
    }];
  });
}

/** Returns the best result, at the greatest fidelity that any trial reached; `undefined` if there are several objectives. */
export function viewBest<C>({ best }: StudyState): BestTrial<C> | undefined {
  return best && viewResult<C>(best);
}

/** Returns the results that no other one is better than, by the number of the trial. */
export function viewFront<C>(state: StudyState): BestTrial<C>[] {
  return state.front().map((one) => viewResult<C>(one));
}

function viewResult<C>(
  { trial, result, violation }: FrontState,
): BestTrial<C> {
  const view = viewOf<C>(trial);
  const dimensions = dimensionsOf(trial.space);
  return {
    ...result,
    trial: view,
    words: wordsOf(view.config as object, { dimensions }),
    ...(violation > 0 && { violation }),
  };
}
