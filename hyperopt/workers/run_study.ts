import type { Job } from "../study/job.ts";
import type { Study } from "../study/study.ts";
import { LocalWorker } from "./_local_worker.ts";
import type { ObjectiveResult, StudyObjective } from "./objective.ts";
import { ThreadWorker } from "./_thread_worker.ts";
import type { StudyWorker } from "./worker.ts";

/** How a study is run. */
export interface RunStudyOptions<C> {
  /**
   * How many trials run at the same time.
   *
   * @default 1
   */
  readonly workers?: number;
  /**
   * The name of the export that is the objective, where a module is given.
   *
   * @default "objective"
   */
  readonly name?: string;
  /** Called when a job has ended, to show progress; what it throws ends the search. */
  readonly onEnd?: (event: JobEnd<C>) => void;
  /** Ends the search: running trials are given up, and a later session runs them again. */
  readonly signal?: AbortSignal;
}

/** What became of a job. */
export interface JobEnd<C> {
  /** The job. */
  readonly job: Job<C>;
  /** What the objective returned, if it did. */
  readonly result?: ObjectiveResult;
  /** Why it failed, if it did. */
  readonly error?: unknown;
}
