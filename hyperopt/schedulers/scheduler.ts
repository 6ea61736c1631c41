/** The decision of a scheduler: the job that runs next, or none. */
export type Decision =
  | {
    /** A new trial. */
    readonly kind: "start";
    readonly bracket: number;
    readonly rung: number;
    /** The fidelity to which it runs; it starts at 0. */
    readonly to: number;
  }
  | {
    /** A trial that is promoted. */
    readonly kind: "resume";
    readonly trial: number;
    readonly bracket: number;
    readonly rung: number;
    /** The fidelity that it has reached. */
    readonly from: number;
    readonly to: number;
  }
  /** No job until a running one ends. */
  | { readonly kind: "wait" }
  /** No more jobs. */
  | { readonly kind: "done" };

/** A decision that needs a job. */
export type JobDecision = Extract<Decision, { kind: "start" | "resume" }>;

/** Options for {@linkcode Scheduler.next}. */
export interface NextOptions {
  /**
   * Whether a scheduler that repeats its brackets may begin another round now.
   *
   * @default {if its number of rounds is finite}
   */
  readonly repeats?: boolean;
  /**
   * Tells whether the budget has room for a job. A scheduler passes over promotions for which it has none, and
   * starts no trial then: there would be no room to promote that one either.
   *
   * @default {there is room for every job}
   */
  readonly fits?: (decision: JobDecision) => boolean;
}

/** The default of {@linkcode NextOptions.fits}. */
export function alwaysFits(): boolean {
  return true;
}

/** One rung of a plan. */
export interface PlannedRung {
  /** The number of trials that reach it; see {@linkcode SchedulePlan.isEstimate}. */
  readonly trials: number;
  /** The fidelity of the rung. */
  readonly fidelity: number;
}

/** The plan of a scheduler, before anything runs. */
export interface SchedulePlan {
  /** The brackets, each with its rungs. If there is no limit to the rounds, this plan is that of one round. */
  readonly brackets: readonly (readonly PlannedRung[])[];
  /**
   * The number of trials that are started. If the scheduler has no end of its own, this number is `Infinity`
   * and so are those that depend on it.
   */
  readonly trials: number;
  /** The number of jobs. */
  readonly jobs: number;
  /** The units of fidelity if each job restarts from 0. */
  readonly restarting: number;
  /** The units of fidelity if promoted trials resume. */
  readonly resuming: number;
  /** Set if the numbers depend on the losses; they are then those of the usual case. */
  readonly isEstimate?: true;
}

/**
 * Decides which trial runs how far: a state machine without input or output. The study tells it each event,
 * so that a journal that is replayed gives the same state.
 */
export interface Scheduler {
  /** Its name in plans and journals. */
  readonly name: string;
  /**
   * Returns what runs next. It returns the same until an event is told. The study calls
   * {@linkcode Scheduler.started} when the job is handed out.
   */
  next(options?: NextOptions): Decision;
  /** Tells that a trial runs at a rung, for the first time or again after a failed attempt. */
  started(trial: number, bracket: number, rung: number): void;
  /**
   * Tells a loss within a rung.
   *
   * @returns whether the trial is stopped now.
   */
  reported?(
    trial: number,
    rung: number,
    fidelity: number,
    loss: number,
  ): boolean;
  /** Tells the loss of a trial at the end of a rung; `undefined` if the trial failed. */
  ended(trial: number, rung: number, loss: number | undefined): void;
  /** Returns what is going to run. */
  plan(): SchedulePlan;
}
