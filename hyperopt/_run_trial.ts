import { ADict } from "../adict/adict.ts";
import { type Action, isPromiseLike } from "./_drive.ts";
import { SearchUsageError } from "./errors.ts";
import type { Trial } from "./trial.ts";
import type { TrialScope } from "./_trial_scope.ts";

/** What a search runs, of whatever types. */
export type Objective = (config: never, ...rest: unknown[]) => unknown;

/** Runs the objective for one config; whatever goes wrong in it makes a failed trial. */
export function* runTrial(
  scope: TrialScope,
  distribution: object,
  id: string,
  objective: (config: never) => unknown,
): Generator<Action, Trial<object>, unknown> {
  const asked = distribution === scope.base
    ? scope.base
    : new ADict(distribution).set("__hyperopt_id__", id);
  let config: ADict = asked;
  try {
    const steps = scope.resolve(asked);
    let step = steps.next();
    while (!step.done) {
      const { promise } = step.value;
      yield () => promise;
      step = steps.next();
    }
    config = step.value;
    const metric = yield () => objective(config as never);
    return { config, metric: checkMetric(metric) };
  } catch (error) {
    // This one is about the search, and would be the same in every trial.
    if (error instanceof SearchUsageError) throw error;
    return { config, metric: NaN, error };
  }
}

function checkMetric(metric: unknown): number {
  if (typeof metric === "number" && !Number.isNaN(metric)) return metric;
  const what = Number.isNaN(metric)
    ? "NaN"
    : isPromiseLike(metric)
    ? "a promise"
    : String(metric);
  throw new TypeError(
    `Cannot rank the trial: the objective returned ${what}; return the metric, a number`,
  );
}
