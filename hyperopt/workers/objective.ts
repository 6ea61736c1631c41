import type { SQLLogger } from "../../tracker/mod.ts";
import type { Checkpoint, Job, Verdict } from "../study/job.ts";

/** The second argument of an objective: it reports metrics, and tells whether the trial is still wanted. */
export interface TrialContext {
  /**
   * Reports metrics while the trial runs; schedulers with early stopping use them.
   *
   * @param metrics The metrics so far, including the study's metric.
   * @param fidelity The fidelity that the trial has reached, e.g. epochs.
   * @returns whether to continue. An objective that is told to stop returns its metrics so far.
   */
  report(
    metrics: Readonly<Record<string, number>>,
    fidelity: number,
  ): Promise<Verdict>;
  /**
   * Aborted when the result is no longer wanted: the trial took too long (a `TimeoutError`), or the search ends
   * (an `AbortError`). The objective has the grace period of `runStudy` to end, e.g. to delete files in `finally`.
   * Then its thread is terminated; in the thread of the search it keeps running, and nothing waits for it.
   */
  readonly signal: AbortSignal;
  /**
   * The logger of the trial's run, if the search has a `tracker`, for further metrics, artifacts and inputs. The
   * search starts and finishes the run.
   */
  readonly logger?: SQLLogger;
}

/** The result of an objective, if it is more than the study's metric as a number. */
export interface ObjectiveResult {
  /** The metrics, including the study's metric. */
  readonly metrics: Readonly<Record<string, number>>;
  /** The checkpoint from which the next rung can resume. */
  readonly checkpoint?: Checkpoint;
}

/**
 * An objective: it runs a job from `job.from` to `job.to`, and resumes from `job.checkpoint` if there is one.
 *
 * @typeParam C The trial's config.
 */
export type StudyObjective<C> = (
  job: Job<C>,
  trial: TrialContext,
) =>
  | number
  | ObjectiveResult
  | Promise<number>
  | Promise<ObjectiveResult>;

/** Brings the value that an objective returned into the form in which it is told. */
export function toResult(
  returned: unknown,
  metric: string,
): ObjectiveResult {
  if (typeof returned === "number") return { metrics: { [metric]: returned } };
  const { metrics } = (returned ?? {}) as Partial<ObjectiveResult>;
  if (
    typeof metrics === "object" && metrics !== null &&
    typeof metrics[metric] === "number"
  ) {
    return returned as ObjectiveResult;
  }
  throw new TypeError(
    `Cannot rank the trial: the objective returned no metric "${metric}"; ` +
      `return { metrics: { ${metric}: … } }, or a number if the study has no other metric`,
  );
}
