import type { StoredError } from "./events.ts";
import type { Checkpoint } from "./job.ts";

/** The state of an attempt; of a trial, that of its last attempt. */
export type TrialStatus =
  | "running"
  | "completed"
  | "failed"
  | "lost"
  | "released"
  | "stopped";

/** The result of a trial at a rung. */
export interface RungResult {
  /** The rung, from 0. */
  readonly rung: number;
  /** The fidelity that the trial reached. */
  readonly fidelity: number;
  /** Its metrics at that fidelity. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** A trial of a study. */
export interface TrialView<C> {
  /** Its number, from 0. */
  readonly trial: number;
  /** Its config: the searched keys. */
  readonly config: C;
  /** Its seed. */
  readonly seed: number;
  /** Its bracket. */
  readonly bracket: number;
  /** Its rung. */
  readonly rung: number;
  /** Its state, that of its last attempt. */
  readonly status: TrialStatus;
  /** Its results, rung by rung. */
  readonly results: readonly RungResult[];
  /** The number of attempts. */
  readonly attempts: number;
  /** The runs of the tracker that belong to it. */
  readonly runs: readonly (number | string)[];
  /** The trial whose result was reused, if this one did not run itself. */
  readonly source?: number;
  /** Its newest checkpoint. */
  readonly checkpoint?: Checkpoint;
  /** The error of its last failure. */
  readonly error?: StoredError;
}

/** When a trial ran. It is apart from the trial, so that searches that tried the same can be compared. */
export interface TrialTimes {
  /** The trial's number. */
  readonly trial: number;
  /** When its first attempt started, in milliseconds since 1970; none if it took an earlier result. */
  readonly startedAt?: number;
  /** When its last attempt ended, in milliseconds since 1970; none while it runs. */
  readonly endedAt?: number;
}

/** The best result of a study, or one of its front. */
export interface BestTrial<C> extends RungResult {
  /** The trial. */
  readonly trial: TrialView<C>;
  /** The words of a command line that set the searched keys; a script that is started with them runs this config. */
  readonly words: readonly string[];
  /** By how much it violates the constraints, if it is infeasible because no trial is feasible. */
  readonly violation?: number;
}
