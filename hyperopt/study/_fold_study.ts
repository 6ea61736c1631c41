/** The view of a study: a fold over the events of its journal. */
import { visible } from "../../internal/visible_text.ts";
import { applyStored } from "./_apply_stored.ts";
import { type StudyHolder, StudyJournalError } from "./errors.ts";
import type { StudyEvent } from "./events.ts";
import { dimensionsOf } from "./_stored_config.ts";
import { StudyState } from "./_state.ts";
import type {
  ProgressStep,
  RungView,
  StudySettings,
  StudyView,
} from "./study_view.ts";
import { viewAll, viewBest, viewFront, viewTimes } from "./_view.ts";

/** Folds the events; those of a damaged journal may not follow from each other. */
export function foldStudy<C>(
  id: string,
  events: readonly StudyEvent[],
  { path, owner }: {
    /** Where the journal is, in messages. */
    readonly path: string;
    readonly owner: StudyHolder | undefined;
  },
): StudyView<C> {
  const state = new StudyState();
  try {
    const progress: ProgressStep[] = [];
    for (const [index, event] of events.entries()) {
      const { best: before } = state;
      applyStored(state, event, { study: id, index });
      if (state.best !== before) progress.push(stepOf(state));
    }
    const best = viewBest<C>(state);
    const settings = settingsOf(state);
    return {
      id,
      metric: state.founded?.metric ?? "",
      objectives: state.founded === undefined ? {} : state.goal.objectives,
      constraints: state.founded?.constraints ?? {},
      trials: viewAll<C>(state),
      times: viewTimes(state),
      ...(best !== undefined && { best }),
      front: viewFront<C>(state),
      state: owner === undefined ? ENDINGS[state.ending] : "running",
      ...(owner !== undefined && { owner }),
      ...(settings !== undefined && { settings }),
      spent: {
        trials: state.started,
        fidelity: state.fidelity,
        seconds:
          state.elapsed(owner === undefined ? state.lastAt : Date.now()) /
          1000,
      },
      sessions: state.sessions,
      rungs: rungsOf(state),
      progress,
    };
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof SyntaxError)) {
      throw error;
    }
    throw new StudyJournalError(
      id,
      `Cannot read study ${visible(id)} of ${
        visible(path)
      }: its events do not fit together; the journal is damaged, restore a copy`,
    );
  }
}

function stepOf({ best, fidelity: spent, founded }: StudyState): ProgressStep {
  const { trial, result: { fidelity, metrics } } = best!;
  const value = metrics[founded!.metric]!;
  return { spent, trial: trial.trial, fidelity, value };
}

const ENDINGS = {
  none: "interrupted",
  closed: "stopped",
  done: "done",
} as const;

function settingsOf(
  { founded, opened }: StudyState,
): StudySettings | undefined {
  if (founded === undefined || opened === undefined) return undefined;
  const { mode, seed, order, scheduler } = founded;
  const { sampler, space, budget, start } = opened;
  return {
    mode,
    seed,
    order,
    scheduler,
    sampler,
    dimensions: dimensionsOf(space),
    ...(budget !== undefined && { budget }),
    ...(start !== undefined && { start }),
  };
}

/** Counts the trials at each rung. */
function rungsOf(state: StudyState): RungView[] {
  const rungs = new Map<string, { -readonly [K in keyof RungView]: number }>();
  const at = (bracket: number, rung: number, fidelity: number) => {
    const key = `${bracket} ${rung}`;
    const found = rungs.get(key) ??
      { bracket, rung, fidelity, entered: 0, ended: 0, running: 0, failed: 0 };
    rungs.set(key, found);
    // A trial that was stopped there did not reach its fidelity.
    found.fidelity = Math.max(found.fidelity, fidelity);
    return found;
  };
  for (const trial of state.trials) {
    if (trial === undefined) continue;
    const { bracket, attempts, results } = trial;
    const entered = new Map<number, number>();
    for (const { rung, to } of attempts) entered.set(rung, to);
    for (const { rung, fidelity } of results) {
      if (!entered.has(rung)) entered.set(rung, fidelity);
    }
    for (const [rung, to] of entered) at(bracket, rung, to).entered++;
    for (const { rung } of results) at(bracket, rung, 0).ended++;
    const last = rungs.get(`${bracket} ${trial.rung}`);
    if (last === undefined) continue;
    if (trial.status === "running") last.running++;
    else if (trial.status === "failed") last.failed++;
  }
  return [...rungs.values()].sort((a, b) =>
    a.bracket - b.bracket || a.rung - b.rung
  );
}
