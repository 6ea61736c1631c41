import type { StoredError } from "./events.ts";
import type { Checkpoint } from "./job.ts";

/** The state of an attempt; of a trial, that of its last attempt. */
export type TrialStatus =
  | "running"
  | "completed"
  | "failed"
  | "lost"
  | "stopped";

/** What a trial came to at the end of a rung. */
export interface RungResult {
  /** The rung, from 0. */
  readonly rung: number;
  /** How far the trial had come. */
  readonly fidelity: number;
  /** Its metrics there. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** What is known of a trial. */
export interface TrialView<C> {
  /** Its number, from 0. */
  readonly trial: number;
  /** Its config: the searched keys. */
  readonly config: C;
  /** Its seed. */
  readonly seed: number;
  /** The bracket that it is in. */
  readonly bracket: number;
  /** The rung that it is on. */
  readonly rung: number;
  /** What became of it, by its last attempt. */
  readonly status: TrialStatus;
  /** What it came to, rung by rung. */
  readonly results: readonly RungResult[];
  /** How often it was started. */
  readonly attempts: number;
  /** The runs of the tracker that belong to it. */
  readonly runs: readonly (number | string)[];
  /** The trial that its result was taken from, where it did not run itself. */
  readonly source?: number;
  /** Its newest checkpoint. */
  readonly checkpoint?: Checkpoint;
  /** Why it failed last. */
  readonly error?: StoredError;
}

/** The best result of a study. */
export interface BestTrial<C> extends RungResult {
  /** The trial. */
  readonly trial: TrialView<C>;
}
