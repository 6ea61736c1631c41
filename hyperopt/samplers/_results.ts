import { frontsOf } from "../objectives/_fronts.ts";
import type { Score } from "../objectives/_score.ts";
import type { Point } from "../spaces/space.ts";
import type { Row } from "./_history.ts";
import type { Observation } from "./sampler.ts";

/** A trial that was measured. */
export interface Measured extends Score {
  readonly trial: number;
  readonly row: Row;
  readonly fidelity: number;
}

/** A trial that ended; it has no score if it failed. */
export interface EndedTrial {
  readonly trial: number;
  readonly row: Row;
  readonly measured: Measured | undefined;
}

/** The trials of a search with any number of objectives, each with the result of its greatest fidelity. */
export class Results {
  readonly #rowOf: (point: Point) => Row;
  readonly #ended = new Map<number, EndedTrial>();
  readonly #pending = new Map<number, Row>();
  /** The trials that ended, by number, until another one ends. */
  #sorted: readonly EndedTrial[] | undefined;

  constructor(rowOf: (point: Point) => Row) {
    this.#rowOf = rowOf;
  }

  started(trial: number, point: Point): void {
    if (!this.#ended.has(trial)) this.#pending.set(trial, this.#rowOf(point));
  }

  observe(observation: Observation): void {
    const { trial, point, fidelity, loss } = observation;
    const { losses = [loss as number], violation = 0 } = observation;
    this.#pending.delete(trial);
    const before = this.#ended.get(trial);
    const row = before?.row ?? this.#rowOf(point);
    const failed = loss === undefined || losses.some(Number.isNaN);
    const isOld = before?.measured !== undefined &&
      (failed || before.measured.fidelity > fidelity);
    if (isOld) return;
    const measured = failed
      ? undefined
      : { trial, row, fidelity, losses, violation };
    this.#ended.set(trial, { trial, row, measured });
    this.#sorted = undefined;
  }

  /** The trials that ended, by number, whenever they ended. */
  get ended(): readonly EndedTrial[] {
    return this.#sorted ??= [...this.#ended.values()]
      .sort((a, b) => a.trial - b.trial);
  }

  /** The rows of the trials that run, by the numbers of the trials. */
  get pending(): readonly Row[] {
    return [...this.#pending].sort(([a], [b]) => a - b).map(([, row]) => row);
  }
}

/**
 * Sorts measured trials into fronts, best first. Trials of a greater fidelity are before those of a lower one,
 * which a scheduler did not promote.
 */
export function rankedFronts(trials: readonly Measured[]): Measured[][] {
  const levels = new Map<number, Measured[]>();
  for (const trial of trials) {
    const level = levels.get(trial.fidelity);
    if (level === undefined) levels.set(trial.fidelity, [trial]);
    else level.push(trial);
  }
  return [...levels].sort(([a], [b]) => b - a).flatMap(([, level]) =>
    frontsOf(level).map((front) =>
      front.map((index) => level[index] as Measured)
    )
  );
}
