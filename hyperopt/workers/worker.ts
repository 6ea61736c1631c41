import type { Job, Verdict } from "../study/job.ts";
import type { ObjectiveResult } from "./objective.ts";

/** What a worker asks while it runs a job. */
export interface WorkerCalls {
  /** Metrics on the way; gives whether to go on. */
  report(
    metrics: Readonly<Record<string, number>>,
    fidelity: number,
  ): Verdict;
}

/** Something that runs one job at a time. */
export interface StudyWorker<C> {
  /**
   * Runs a job.
   *
   * @returns what the objective returned.
   * @throws whatever the objective threw, or a {@linkcode WorkerDiedError}.
   */
  run(job: Job<C>, calls: WorkerCalls): Promise<ObjectiveResult>;
  /** Gives the running job up: its result is not wanted any more. */
  cancel(): Promise<void>;
  /** Ends the worker. */
  close(): Promise<void>;
}

/** A worker died in the middle of a job. */
export class WorkerDiedError extends Error {
  /** How it ended: the exit code of its process. */
  readonly exitCode: number;

  /**
   * Makes the error.
   *
   * @param exitCode How it ended.
   */
  constructor(exitCode: number) {
    super(
      `Cannot finish the trial: its worker ended with exit code ${exitCode}`,
    );
    this.name = "WorkerDiedError";
    this.exitCode = exitCode;
  }
}
