/** What is known of one trial. */
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
  /** Whether its worker told the outcome. */
  told: boolean;
  /** The fidelity that was reported last. */
  reached: number;
  /** Whether the scheduler wants it to stop. */
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
  /** The space of the session in which it began. */
  readonly space: string;
  readonly enqueued: boolean;
  /** The trial that its first result is from. */
  readonly source: number | undefined;
  rung: number;
  status: TrialStatus;
  /** The attempt that is running. */
  live: AttemptState | undefined;
  readonly attempts: AttemptState[];
  readonly results: ResultState[];
  readonly runs: (number | string)[];
  /** The newest checkpoint, and the fidelity that it was made at. */
  checkpoint: { readonly at: number; readonly what: Checkpoint } | undefined;
  /** Attempts at this rung that failed, and that were lost. */
  failures: number;
  losses: number;
  error: StoredError | undefined;
  /** Its point in the space of this session; `undefined` where it does not fit, or is not known yet. */
  point: Point | undefined;
  /** Its identity in the space of this session. */
  hash: string | undefined;
  /** Whether it does not fit in the space of this session. */
  misfit: boolean;
}

/** The attempt that a job is of, if the trial has it. */
export function attemptOf(
  trial: TrialState,
  rung: number,
  attempt: number,
): AttemptState | undefined {
  return trial.attempts.findLast((one) =>
    one.rung === rung && one.attempt === attempt
  );
}
