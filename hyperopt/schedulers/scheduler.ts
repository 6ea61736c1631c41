/** What shall run next. */
export type Decision =
  | {
    /** A new trial. */
    readonly kind: "start";
    readonly bracket: number;
    readonly rung: number;
    /** The fidelity up to which it is to run; it starts at 0. */
    readonly to: number;
  }
  | {
    /** A trial that goes on. */
    readonly kind: "resume";
    readonly trial: number;
    readonly bracket: number;
    readonly rung: number;
    /** The fidelity that it has reached. */
    readonly from: number;
    readonly to: number;
  }
  /** Nothing until a running job ends. */
  | { readonly kind: "wait" }
  /** Nothing any more. */
  | { readonly kind: "done" };

/** One rung of a plan. */
export interface PlannedRung {
  /** How many trials reach it; see {@linkcode SchedulePlan.isEstimate}. */
  readonly trials: number;
  /** The fidelity of the rung. */
  readonly fidelity: number;
}

/** What a scheduler is going to do, before anything runs. */
export interface SchedulePlan {
  /** The brackets, each with its rungs. */
  readonly brackets: readonly (readonly PlannedRung[])[];
  /**
   * How many trials are started; `Infinity` where the scheduler has no end of its own, as all that
   * follows from it.
   */
  readonly trials: number;
  /** How many jobs are run. */
  readonly jobs: number;
  /** Units of fidelity where each job restarts from 0. */
  readonly restarting: number;
  /** Units of fidelity where survivors resume. */
  readonly resuming: number;
  /** Set where the numbers depend on the losses; they are then those of the usual case. */
  readonly isEstimate?: true;
}

/**
 * Decides which trial runs how far: a state machine without input or output. The engine feeds it what
 * happened; replaying a journal gives the same state.
 */
export interface Scheduler {
  /** Its name in plans and journals. */
  readonly name: string;
  /**
   * What shall run next: asked again before anything happened, it says the same. The engine calls
   * {@linkcode Scheduler.started} where it does run.
   */
  next(): Decision;
  /** A trial runs on a rung, for the first time or again after a failed attempt. */
  started(trial: number, bracket: number, rung: number): void;
  /**
   * A value within a rung.
   *
   * @returns whether the trial is to stop now.
   */
  reported?(
    trial: number,
    rung: number,
    fidelity: number,
    loss: number,
  ): boolean;
  /** The trial reached the end of the rung; `undefined` where it failed for good or gave NaN. */
  ended(trial: number, rung: number, loss: number | undefined): void;
  /** What is going to run. */
  plan(): SchedulePlan;
}
