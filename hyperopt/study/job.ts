/** A checkpoint: a file from which a trial resumes. */
export interface Checkpoint {
  /** Its path or URL. */
  readonly uri: string;
  /** The SHA-256 of its content, in hexadecimal digits. */
  readonly sha256: string;
}

/** A job for a worker: it runs one trial from one fidelity to another. */
export interface Job<C> {
  /** The trial's number, from 0. */
  readonly trial: number;
  /** The bracket that the trial belongs to. */
  readonly bracket: number;
  /** The rung, from 0. */
  readonly rung: number;
  /** The number of the attempt at this rung, from 0. */
  readonly attempt: number;
  /** The name of this attempt; a `tell` with another token is stale. */
  readonly token: string;
  /** The trial's config: the searched keys. */
  readonly config: C;
  /** The seed of the trial, 32 bits; it is the same in each attempt. */
  readonly seed: number;
  /** The fidelity to start from; 0 for a new trial, and if there is no checkpoint. */
  readonly from: number;
  /** The fidelity to reach. */
  readonly to: number;
  /** The checkpoint to resume from, if there is one. */
  readonly checkpoint?: Checkpoint;
}

/** The outcome of a job. */
export type Outcome =
  | {
    /** The metrics at the end, including the study's metric. */
    readonly metrics: Readonly<Record<string, number>>;
    /** The checkpoint from which the next rung can resume. */
    readonly checkpoint?: Checkpoint;
  }
  | {
    /** Why the job failed. */
    readonly error: unknown;
  };

/** The answer to a `tell`: the outcome counts, was told before, or is of an attempt that was given up. */
export type Receipt = "accepted" | "repeated" | "stale";

/** The answer to a `report`. */
export type Verdict = "continue" | "stop";
