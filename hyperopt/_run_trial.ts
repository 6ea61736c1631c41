import { ADict } from "../adict/mod.ts";
import { isPromise } from "../internal/promises.ts";
import type { TrialWord } from "../internal/trial_access.ts";
import type { Action } from "./_drive.ts";
import { SearchUsageError } from "./errors.ts";
import { describe } from "./_describe.ts";
import { KeepingError } from "./_kept_search.ts";
import type { Trial } from "./trial.ts";
import type { TrialScope } from "./_trial_scope.ts";
import type { RunningTrial, TrialTracker } from "./_trial_tracker.ts";

/** The objective of a search, of any types. */
export type Objective = (config: never, ...rest: unknown[]) => unknown;

/** The parts that all trials of a search share. */
export interface TrialRunner {
  readonly scope: TrialScope;
  readonly id: string;
  readonly objective: (config: never) => unknown;
  /** The tracker of the trials; `undefined` if they are not tracked. */
  readonly tracker: TrialTracker | undefined;
}

/** Runs the objective for one config. If anything in it fails, the trial failed. */
export function* runTrial(
  runner: TrialRunner,
  distribution: object,
): Generator<Action, Trial<object>, unknown> {
  const { scope, id, tracker } = runner;
  const words = scope.wordsOf(distribution);
  const texts = words.map((word) => word.text);
  const known = tracker?.recall(distribution, texts);
  let config: object = distribution;
  let track: RunningTrial | undefined;
  try {
    config = yield* resolve(scope, words, id);
    if (known !== undefined) return { config, words: texts, ...known };
    if (tracker !== undefined) {
      track = (yield () =>
        tracker.begin(distribution, config, texts)) as RunningTrial;
    }
    const metric = checkMetric(yield () => runner.objective(config as never));
    if (track !== undefined) yield () => track!.end(metric);
    return { config, words: texts, metric, ...runOf(track) };
  } catch (error) {
    // It is about the search, and would be the same in every trial.
    if (error instanceof SearchUsageError) throw error;
    if (error instanceof KeepingError) throw error;
    if (track !== undefined) yield () => track!.fail(error);
    return {
      config: new ADict(config),
      words: texts,
      metric: NaN,
      error,
      ...runOf(track),
    };
  }
}

function runOf(track: RunningTrial | undefined): Pick<Trial<object>, "run"> {
  return track?.run === undefined ? {} : { run: track.run };
}

function* resolve(
  scope: TrialScope,
  words: readonly TrialWord[],
  id: string,
): Generator<Action, object, unknown> {
  const key = "__hyperopt_id__";
  const named = words.length === 0 ? words : [
    ...words,
    {
      path: [key],
      value: id,
      text: `${key}=${id}`,
    },
  ];
  const steps = scope.resolve(named);
  let step = steps.next();
  while (!step.done) {
    const { promise } = step.value;
    yield () => promise;
    step = steps.next();
  }
  return step.value;
}

function checkMetric(metric: unknown): number {
  if (typeof metric === "number" && Number.isFinite(metric)) return metric;
  const what = isPromise(metric)
    ? "a promise"
    : typeof metric === "number"
    ? String(metric)
    : describe(metric);
  throw new TypeError(
    `Cannot rank the trial: the objective returned ${what}; return the metric, a finite number`,
  );
}
