import type { Job } from "./job.ts";

/** The answer of a study to a worker that asks for a job. */
export type Answer<C> =
  | {
    /** There is a job. */
    readonly kind: "job";
    /** The job. */
    readonly job: Job<C>;
  }
  /** There is no job until a running one ends. */
  | { readonly kind: "wait" }
  /** There are no more jobs. */
  | { readonly kind: "done" };

/** Options for {@linkcode Study.ask}. */
export interface AskOptions {
  /**
   * The worker's name.
   *
   * @default {no name}
   */
  readonly worker?: string;
  /**
   * Whether the worker outlives this process, so that its job is not lost with the process.
   *
   * @default {false}
   */
  readonly detached?: boolean;
  /**
   * Asks only for a further attempt of this trial, after one that was lost, released or failed.
   *
   * @default {any job}
   */
  readonly trial?: number;
}
