import { frontsOf } from "../objectives/_fronts.ts";
import type { Score } from "../objectives/_score.ts";
import { checkSettings } from "../_settings.ts";
import { Goal } from "./_goal.ts";
import type { Constraint } from "./options.ts";
import type { RungResult, TrialView } from "./trial_view.ts";

/** What trials are ranked by, as {@linkcode StudyView} has it. */
export interface RankOptions {
  /** The mode of each objective, by the name of its metric. */
  readonly objectives: Readonly<Record<string, "min" | "max">>;
  /**
   * The bounds of metrics.
   *
   * @default {no constraints}
   */
  readonly constraints?: Readonly<Record<string, Constraint>>;
}

/** A trial and its place among the others. */
export interface RankedTrial<C> {
  /** The trial. */
  readonly trial: TrialView<C>;
  /** Its result at the greatest fidelity; `undefined` if it has none. */
  readonly result?: RungResult;
  /**
   * Its place, from 0. With one objective the best trial has 0, and no two trials have the same. With several, the
   * trials of the front have 0, and those that only the front dominates have 1, and so on. `undefined` if it has no
   * result with all metrics.
   */
  readonly rank?: number;
  /** By how much it violates the constraints; 0 if it violates none. */
  readonly violation: number;
}

/** A trial that has all metrics. */
interface Scored<C> extends Score {
  readonly trial: TrialView<C>;
  readonly result: RungResult;
}

/**
 * Ranks trials, the best first. A feasible one is better than an infeasible one, then one at a greater fidelity;
 * then the violation decides, then the objective, or the front that the trial is in. Trials without a result come last.
 *
 * @param trials The trials, e.g. of `study.trials()` or {@linkcode readStudy}.
 * @param options The objectives and constraints of the study.
 * @returns each trial with its rank.
 * @throws {SearchUsageError} If an option is unknown.
 *
 * @example
 * ```ts
 * import { defineSpace, fullFidelity, int, openStudy, randomSampler, rankTrials } from "@ato/ato/hyperopt";
 * import { assertEquals } from "@std/assert";
 *
 * const space = defineSpace({ width: int(1, 4) });
 * const study = openStudy({
 *   id: "ranked",
 *   space,
 *   sampler: randomSampler(space),
 *   scheduler: fullFidelity({ trials: 4 }),
 *   metric: "loss",
 *   mode: "min",
 *   constraints: { memory: { max: 3 } },
 * });
 * for (let answer = study.ask(); answer.kind === "job"; answer = study.ask()) {
 *   const { width } = answer.job.config;
 *   study.tell(answer.job, { metrics: { loss: 1 / width, memory: width } });
 * }
 * const ranked = rankTrials(study.trials(), {
 *   objectives: study.objectives,
 *   constraints: { memory: { max: 3 } },
 * });
 * assertEquals(ranked.map(({ trial }) => trial.config.width), [3, 2, 1, 4]);
 * study.close();
 * ```
 */
export function rankTrials<C>(
  trials: readonly TrialView<C>[],
  options: RankOptions,
): RankedTrial<C>[] {
  checkSettings<RankOptions>("rank trials", options, {
    objectives: true,
    constraints: true,
  });
  const goal = new Goal({ metric: "", mode: "max", ...options });
  const scored: Scored<C>[] = [];
  const others: RankedTrial<C>[] = [];
  for (const trial of trials) {
    const result = lastResult(trial, goal);
    const score = result && goal.scoreOf(result.metrics);
    if (result !== undefined && score !== undefined) {
      scored.push({ trial, result, ...score });
    } else others.push({ trial, ...(result && { result }), violation: 0 });
  }
  const rank = goal.isSeveral ? rankSeveral : rankOne;
  return [
    ...rank(scored).map(({ place, one: { trial, result, violation } }) => ({
      trial,
      result,
      rank: place,
      violation,
    })),
    ...others,
  ];
}

interface Placed<C> {
  readonly place: number;
  readonly one: Scored<C>;
}

/** The last result that has all metrics, or else the last one. */
function lastResult<C>(
  { results }: TrialView<C>,
  goal: Goal,
): RungResult | undefined {
  return results.findLast(({ metrics }) =>
    goal.missing(metrics) === undefined
  ) ?? results.at(-1);
}

function rankOne<C>(scored: Scored<C>[]): Placed<C>[] {
  return scored.sort((a, b) =>
    byGroup(a, b) || a.violation - b.violation ||
    a.losses[0]! - b.losses[0]! || a.trial.trial - b.trial.trial
  ).map((one, place) => ({ place, one }));
}

/** Fronts are only those of trials that can be compared: of the same fidelity, feasible or not. */
function rankSeveral<C>(scored: Scored<C>[]): Placed<C>[] {
  const ordered = scored.sort((a, b) =>
    byGroup(a, b) || a.trial.trial - b.trial.trial
  );
  const placed: Placed<C>[] = [];
  let place = 0;
  for (let from = 0; from < ordered.length;) {
    const end = ordered.findIndex((one, i) =>
      i > from && byGroup(ordered[from]!, one) !== 0
    );
    const group = ordered.slice(from, end < 0 ? undefined : end);
    for (const front of frontsOf(group)) {
      for (const index of front) placed.push({ place, one: group[index]! });
      place++;
    }
    from += group.length;
  }
  return placed;
}

/** Feasible ones first, then by fidelity. */
function byGroup<C>(a: Scored<C>, b: Scored<C>): number {
  return Number(a.violation > 0) - Number(b.violation > 0) ||
    b.result.fidelity - a.result.fidelity;
}
