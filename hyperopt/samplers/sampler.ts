import type { Random } from "../random.ts";
import type { Point } from "../spaces/space.ts";

/** What became of a trial at one fidelity. */
export interface Observation {
  /** The trial's number. */
  readonly trial: number;
  /** Its point. */
  readonly point: Point;
  /** Up to where it was run, in the scheduler's units (epochs, say). */
  readonly fidelity: number;
  /** What to minimise (a metric under `max` comes negated); `undefined` where it failed or gave NaN. */
  readonly loss: number | undefined;
}

/** Chooses the points of new trials. */
export interface Sampler {
  /** Its name in plans and journals. */
  readonly name: string;
  /**
   * The point of a new trial.
   *
   * It depends on nothing but the arguments, on what was observed, and on the pending points; so a
   * journal that is replayed gives the same points.
   *
   * @param trial the trial's number, from 0.
   * @param random a generator of this trial's own.
   * @param again how many of this sampler's points for the trial were tried before; the study asks for
   * another one then, unless duplicates are allowed.
   * @returns the point, or `undefined` where there is no further one (a grid that is used up).
   */
  sample(trial: number, random: Random, again?: number): Point | undefined;
  /** A trial was started with this point (also one that was enqueued by hand). */
  started?(trial: number, point: Point): void;
  /** A trial was measured; the same trial comes again at each higher fidelity. */
  observe?(observation: Observation): void;
}
