import type { Checkpoint, Job, Verdict } from "../study/job.ts";

/** What an objective can tell while it runs. */
export interface TrialContext {
  /**
   * Reports metrics on the way; a scheduler that stops early decides by them.
   *
   * @param metrics The metrics so far; the study's metric among them.
   * @param fidelity How far the trial has come, e.g. epochs.
   * @returns whether to go on. An objective that is told to stop returns what it has.
   */
  report(
    metrics: Readonly<Record<string, number>>,
    fidelity: number,
  ): Promise<Verdict>;
  /** Aborted when the result is not wanted any more: the trial took too long, or the search ends. */
  readonly signal: AbortSignal;
}

/** What an objective may return besides a number, which is the study's metric. */
export interface ObjectiveResult {
  /** The metrics; the study's metric among them. */
  readonly metrics: Readonly<Record<string, number>>;
  /** What the next rung may resume from. */
  readonly checkpoint?: Checkpoint;
}

/**
 * Runs a job: from `job.from` to `job.to`, resuming from `job.checkpoint` where there is one.
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

/** Brings what an objective returned into the form in which it is told. */
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
      `return a number, or { metrics: { ${metric}: … } }`,
  );
}
