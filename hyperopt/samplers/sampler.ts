import type { Random } from "../random.ts";
import type { Point } from "../spaces/space.ts";

/** The result of a trial at one fidelity. */
export interface Observation {
  /** The trial's number. */
  readonly trial: number;
  /** Its point. */
  readonly point: Point;
  /** The fidelity that it reached, in the units of the scheduler, e.g. epochs. */
  readonly fidelity: number;
  /**
   * The loss to minimise (the negated metric under mode `"max"`); `undefined` if the trial failed. Under
   * constraints, infeasible results have losses above those of all feasible ones, ranked by their violation. With
   * several objectives it is the first of `losses`.
   */
  readonly loss: number | undefined;
  /** The losses to minimise, one for each objective. It is set if there are several objectives or constraints. */
  readonly losses?: readonly number[];
  /** By how much the result violates the constraints in total; above 0 if it is infeasible. It is set with `losses`. */
  readonly violation?: number;
}

/** Chooses the points of new trials. */
export interface Sampler {
  /** Its name in plans and journals. */
  readonly name: string;
  /** Set if it learns from `losses`; a study of several objectives refuses other samplers that learn. */
  readonly severalObjectives?: true;
  /**
   * Returns the point of a new trial.
   *
   * It depends only on the arguments, on the observations and on the running trials, so a journal that is
   * replayed gives the same points.
   *
   * @param trial The number of the trial, from 0.
   * @param random The generator of this trial.
   * @param again How many points of this sampler for the trial were tried before: unless duplicates are allowed,
   * the study asks for another point then.
   * @returns the point; `undefined` if there is no further one, because a grid is used up.
   */
  sample(trial: number, random: Random, again?: number): Point | undefined;
  /**
   * Tells at which fidelities the scheduler compares trials, the least first. It is called before the first
   * trial.
   */
  prepare?(fidelities: readonly number[]): void;
  /** Tells that a trial was started with this point; the point may be an enqueued one. */
  started?(trial: number, point: Point): void;
  /** Tells the result of a trial. It is called for each fidelity that the trial reaches. */
  observe?(observation: Observation): void;
}
