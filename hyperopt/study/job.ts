/** Where a trial left what it needs to go on. */
export interface Checkpoint {
  /** Where it is: a path or an address. */
  readonly uri: string;
  /** SHA-256 of what is there, in hex. */
  readonly sha256: string;
}

/** A piece of work: one trial from one fidelity to another. */
export interface Job<C> {
  /** The trial's number, from 0. */
  readonly trial: number;
  /** The bracket that the trial belongs to. */
  readonly bracket: number;
  /** The rung, from 0. */
  readonly rung: number;
  /** Which attempt at this rung, from 0. */
  readonly attempt: number;
  /** Names this attempt; a `tell` with another token is stale. */
  readonly token: string;
  /** The trial's config: the searched keys. */
  readonly config: C;
  /** A seed of the trial's own, 32 bits, the same in each attempt. */
  readonly seed: number;
  /** The fidelity already reached; 0 for a new trial, or where there is no checkpoint to resume from. */
  readonly from: number;
  /** The fidelity to reach. */
  readonly to: number;
  /** What to resume from, if there is something. */
  readonly checkpoint?: Checkpoint;
}

/** What became of a job. */
export type Outcome =
  | {
    /** The metrics at the end; the study's metric must be among them. */
    readonly metrics: Readonly<Record<string, number>>;
    /** What the next rung may resume from. */
    readonly checkpoint?: Checkpoint;
  }
  | {
    /** Why it failed. */
    readonly error: unknown;
  };

/** What the study says to a `tell`: counted, told before, or of an attempt that was given up. */
export type Receipt = "accepted" | "repeated" | "stale";

/** What the study says to a `report`. */
export type Verdict = "continue" | "stop";
