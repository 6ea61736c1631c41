import { messageOf, UserError } from "../../internal/errors.ts";
import { SearchUsageError } from "../errors.ts";
import type { Job, Verdict } from "../study/job.ts";
import type { PlainReason } from "./_give_up.ts";
import type { ObjectiveResult } from "./objective.ts";

/** The calls of a worker while it runs a job. */
export interface WorkerCalls {
  /** Reports metrics while the job runs; returns whether to continue. */
  report(
    metrics: Readonly<Record<string, number>>,
    fidelity: number,
  ): Verdict | Promise<Verdict>;
}

/** A worker: it runs one job at a time. */
export interface StudyWorker<C> {
  /**
   * Gets ready for a job, first and again after a crash. A failure here is not counted for any trial.
   *
   * @throws {WorkerStartError} If it cannot run any job.
   */
  start(): Promise<void>;
  /**
   * Runs a job.
   *
   * @returns the result of the objective.
   * @throws {WorkerDiedError} If the worker died; an error of the objective is thrown as it is.
   */
  run(job: Job<C>, calls: WorkerCalls): Promise<ObjectiveResult>;
  /**
   * Gives the running job up: its result is no longer wanted. The objective has the grace period to end.
   *
   * @param reason The reason that its signal has.
   */
  cancel(reason: PlainReason): Promise<void>;
  /** Ends the worker. */
  close(): Promise<void>;
}

/**
 * A worker died while it ran a job.
 *
 * @example
 * ```ts
 * import { WorkerDiedError } from "@ato/ato/hyperopt";
 * import { assertEquals } from "@std/assert";
 *
 * const error = new WorkerDiedError(137);
 * assertEquals(error.message, "Cannot finish the trial: its worker ended with exit code 137");
 * ```
 */
export class WorkerDiedError extends UserError {
  /** The exit code of the worker. */
  readonly exitCode: number;

  /**
   * Makes the error.
   *
   * @param exitCode The exit code of the worker.
   */
  constructor(exitCode: number) {
    super(
      `Cannot finish the trial: its worker ended with exit code ${exitCode}`,
    );
    this.name = "WorkerDiedError";
    this.exitCode = exitCode;
  }
}

/**
 * A thread cannot load the module of the objective, so no trial of the search can run.
 *
 * @example
 * ```ts
 * import {
 *   defineSpace,
 *   float,
 *   fullFidelity,
 *   openStudy,
 *   randomSampler,
 *   runStudy,
 *   WorkerStartError,
 * } from "@ato/ato/hyperopt";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const space = defineSpace({ x: float(0, 1) });
 * const study = openStudy({
 *   id: "nowhere",
 *   space,
 *   sampler: randomSampler(space),
 *   scheduler: fullFidelity({ trials: 2 }),
 *   metric: "loss",
 * });
 * const module = new URL("./nowhere.ts", import.meta.url);
 * const error = await assertRejects(() => runStudy(study, module), WorkerStartError);
 * assertEquals(error.module, module.href);
 * ```
 */
export class WorkerStartError extends SearchUsageError {
  /** The module of the objective. */
  readonly module: string;

  /**
   * Makes the error for a module.
   *
   * @param module The module of the objective.
   * @param cause Why the thread cannot load it: an error, or the end of a sentence.
   */
  constructor(module: string, cause: unknown) {
    const reason = messageOf(cause).trim().replaceAll(/\s*\n\s*/g, " ").replace(
      /\.$/,
      "",
    );
    super(
      "objective",
      `Cannot start a worker for ${module}: ${reason}; ` +
        "fix that, or give the objective as a function, which runs in this thread",
      { cause },
    );
    this.name = "WorkerStartError";
    this.module = module;
  }
}
