/** The run of a trial: one for all its rungs and attempts. */
import { SQLLogger } from "../../tracker/mod.ts";
import type {
  MetricPointInput,
  SQLLoggerOptions,
  TrackerConfig,
} from "../../tracker/mod.ts";
import { uuidFrom } from "../../tracker/mod.ts";
import { SEARCH_TAG, TRIAL_TAG } from "../../internal/trial_tag.ts";
import { rememberLogger } from "../trial_logger.ts";
import type { Job } from "../study/job.ts";
import { wordsAt } from "../words_of.ts";
import { suspendInterrupts } from "./_interrupts.ts";
import {
  type ObjectiveResult,
  type StudyObjective,
  toResult,
} from "./objective.ts";

/** How the trials of a study are tracked; it can be sent to a thread. */
export interface TrackOrder {
  /** Names the project and the database, as plain data. */
  readonly experiment: object;
  readonly options: SQLLoggerOptions;
  /** The name of the study. */
  readonly study: string;
  /** The study's metric. */
  readonly metric: string;
  /** The keys of each searched value. */
  readonly paths: readonly (readonly string[])[];
}

/** Returns the UUID of the run of a job's trial: the same for each job of the trial, in each process. */
export function runOf(study: string, job: Job<unknown>): string {
  const { trial, rung, attempt, token } = job;
  const nonce = token.slice(0, -`-${trial}-${rung}-${attempt}`.length);
  return uuidFrom(["ato-trial", study, nonce, String(trial)]);
}

/** A logger that remembers what the objective itself logs. */
class TrialLogger extends SQLLogger {
  /** The last value of each metric that was logged, and whether the objective logged it. */
  readonly last: Map<string, { value: number; step?: number; own: boolean }> =
    new Map();

  override logMetric(key: string, value: number, step?: number): void {
    super.logMetric(key, value, step);
    this.last.set(key, { value, own: true });
  }

  override logMetricBatch(points: readonly MetricPointInput[]): void {
    super.logMetricBatch(points);
    for (const { key, value } of points) {
      this.last.set(key, { value, own: true });
    }
  }

  /** Logs metrics for the search; those that the objective logs itself are its own affair. */
  report(
    metrics: Readonly<Record<string, number>>,
    fidelity: number,
    isEnd: boolean,
  ): void {
    const step = Number.isSafeInteger(fidelity) ? fidelity : undefined;
    const points: MetricPointInput[] = [];
    for (const [key, value] of Object.entries(metrics)) {
      if (typeof value !== "number") continue;
      const last = this.last.get(key);
      if (last?.own === true && !isEnd) continue;
      if (isEnd && last !== undefined && Object.is(last.value, value)) continue;
      // The steps of the objective can be others than the study's units.
      const isFree = last?.own !== true && last?.step !== step;
      points.push({
        key,
        value,
        ...(isFree && step !== undefined && { step }),
      });
      this.last.set(key, {
        value,
        own: last?.own === true,
        ...(step !== undefined && { step }),
      });
    }
    if (points.length > 0) super.logMetricBatch(points);
  }
}

/** The run of a trial while one of its attempts runs. */
export class TrialRun {
  readonly logger: SQLLogger;
  readonly #logger: TrialLogger;
  readonly #job: Job<unknown>;
  readonly #forget: () => void;
  /** The fidelity of the last report. */
  #reached: number;
  #stopped = false;

  private constructor(logger: TrialLogger, job: Job<unknown>) {
    this.logger = this.#logger = logger;
    this.#job = job;
    this.#reached = job.from;
    this.#forget = rememberLogger(job.config as object, logger);
  }

  /** Starts the run, or continues it. */
  static async begin(
    order: TrackOrder,
    job: Job<unknown>,
  ): Promise<TrialRun> {
    const { experiment, options, study, paths } = order;
    const config = { ...job.config as object, experiment } as TrackerConfig;
    const logger = new TrialLogger(config, options);
    await logger.run({
      name: [`trial ${job.trial}`, ...wordsAt(job.config, paths)].join(" "),
      tags: [TRIAL_TAG, `${SEARCH_TAG}${study}`],
      seed: job.seed,
      trial: { uuid: runOf(study, job), restarts: job.from === 0 },
    });
    return new TrialRun(logger, job);
  }

  /** Logs a report. */
  report(
    metrics: Readonly<Record<string, number>>,
    fidelity: number,
    verdict: string,
  ): void {
    this.#reached = fidelity;
    this.#stopped ||= verdict === "stop";
    // An attempt that was given up has no run any more.
    if (this.#logger.runId === undefined) return;
    this.#logger.report(metrics, fidelity, false);
  }

  /** Ends the attempt with its result. */
  async complete({ metrics }: ObjectiveResult): Promise<void> {
    this.#forget();
    const fidelity = this.#stopped ? this.#reached : this.#job.to;
    if (this.#logger.runId !== undefined) {
      this.#logger.report(metrics, fidelity, true);
      const place = { fidelity, rung: this.#job.rung, ...metrics };
      const { fidelity: reached, rung } = place;
      this.#logger.report({ fidelity: reached, rung }, fidelity, true);
    }
    await this.#logger.finish();
  }

  /** Ends the attempt without a result: nothing that it logged counts. */
  async fail(error: unknown, isInterrupted: boolean): Promise<void> {
    this.#forget();
    const status = isInterrupted ? "interrupted" : "failed";
    await this.#logger.finish({ error, status });
  }
}

/** The runs of this thread that are open, by the token of their job. */
export type OpenTrials = Map<string, TrialRun>;

/**
 * Returns an objective that does the same in the run of its trial.
 *
 * @param objective The objective.
 * @param order How the trials are tracked.
 * @param open Gets each run while it is open.
 */
export function trackedObjective<C>(
  objective: StudyObjective<C>,
  order: TrackOrder,
  open: OpenTrials = new Map(),
): StudyObjective<C> {
  return async (job, trial): Promise<ObjectiveResult> => {
    const run = await TrialRun.begin(order, job);
    open.set(job.token, run);
    const { signal } = trial;
    // The event loop turned meanwhile.
    suspendInterrupts();
    try {
      const returned = await objective(job, {
        signal,
        logger: run.logger,
        report: async (metrics, fidelity) => {
          const verdict = await trial.report(metrics, fidelity);
          run.report(metrics, fidelity, verdict);
          return verdict;
        },
      });
      const result = toResult(returned, order.metric);
      signal.throwIfAborted();
      const value = result.metrics[order.metric];
      // For the study, such a result is a failure, too.
      if (Number.isFinite(value)) await run.complete(result);
      else await run.fail(new Error(`Its ${order.metric} is ${value}`), false);
      return result;
    } catch (error) {
      await run.fail(error, signal.aborted && !isTimeout(signal.reason));
      throw error;
    } finally {
      open.delete(job.token);
    }
  };
}

function isTimeout(reason: unknown): boolean {
  return reason instanceof Error && reason.name === "TimeoutError";
}
