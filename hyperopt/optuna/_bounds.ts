/** Constraints as Optuna has them: numbers that are above 0 where a bound is violated. */
import type { Goal } from "../study/_goal.ts";
import type { TrialView } from "../study/trial_view.ts";

/** A bound of a metric: a result violates it if `sign` times its distance from the bound is above 0. */
interface Bound {
  readonly name: string;
  readonly bound: number;
  readonly sign: 1 | -1;
}

function boundsOf({ constraints }: Goal): Bound[] {
  return Object.entries(constraints).flatMap(([name, { min, max }]) => [
    ...(min === undefined ? [] : [{ name, bound: min, sign: -1 as const }]),
    ...(max === undefined ? [] : [{ name, bound: max, sign: 1 as const }]),
  ]);
}

/** By how much a result exceeds each bound, in units of the bound if that is not 0; at most 0 if it is satisfied. */
export function excessesOf(
  metrics: Readonly<Record<string, number>>,
  goal: Goal,
): number[] {
  return boundsOf(goal).map(({ name, bound, sign }) => {
    const excess = sign * ((metrics[name] ?? NaN) - bound);
    return bound === 0 ? excess : excess / Math.abs(bound);
  });
}

/** The greatest fidelity of a feasible trial, or else of any. */
export function topOf(
  trials: readonly TrialView<unknown>[],
  goal: Goal,
): number {
  const last = trials.flatMap(({ results }) => results.slice(-1));
  const feasible = last.filter(({ metrics }) =>
    goal.scoreOf(metrics)?.violation === 0
  );
  const counted = feasible.length > 0
    ? feasible
    : trials.flatMap(({ results }) => results);
  return counted.reduce((a, { fidelity }) => Math.max(a, fidelity), -Infinity);
}
