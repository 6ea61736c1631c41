/** The state of one trial. */
import type { Point } from "../spaces/space.ts";
import type { StoredConfig, StoredError } from "./events.ts";
import type { Checkpoint } from "./job.ts";
import type { TrialStatus } from "./trial_view.ts";

/** One attempt of a trial at a rung. */
export interface AttemptState {
  readonly rung: number;
  readonly attempt: number;
  readonly from: number;
  readonly to: number;
  readonly started: number;
  readonly worker: string | undefined;
  readonly detached: boolean;
  status: TrialStatus;
  /** Until when the lease lasts. */
  until: number;
  /** Whether the worker told the outcome. */
  told: boolean;
  /** The fidelity of the last report. */
  reached: number;
  /** Whether the scheduler stops it. */
  stopping: boolean;
  ended: number | undefined;
  error: StoredError | undefined;
}

/** The metrics at the end of a rung. */
export interface ResultState {
  readonly rung: number;
  readonly fidelity: number;
  readonly metrics: Readonly<Record<string, number>>;
}

/** One trial. */
export interface TrialState {
  readonly trial: number;
  readonly bracket: number;
  readonly seed: number;
  readonly stored: StoredConfig;
  /** The space of the session in which the trial began. */
  readonly space: string;
  readonly enqueued: boolean;
  /** The trial whose result was reused. */
  readonly source: number | undefined;
  rung: number;
  status: TrialStatus;
  /** The running attempt. */
  live: AttemptState | undefined;
  readonly attempts: AttemptState[];
  readonly results: ResultState[];
  readonly runs: (number | string)[];
  /** The newest checkpoint, and the fidelity at which it was made. */
  checkpoint: { readonly at: number; readonly what: Checkpoint } | undefined;
  /** The number of attempts at this rung that failed, and of those that were lost. */
  failures: number;
  losses: number;
  error: StoredError | undefined;
  /** Its point in the space of this session; `undefined` if it does not fit, or is not known yet. */
  point: Point | undefined;
  /** Its identity in the space of this session. */
  hash: string | undefined;
  /** Whether it no longer fits in the space of this session. */
  misfit: boolean;
}

/** Finds an attempt of a trial. */
export function attemptOf(
  trial: TrialState,
  rung: number,
  attempt: number,
): AttemptState | undefined {
  return trial.attempts.findLast((one) =>
    one.rung === rung && one.attempt === attempt
  );
}
