import { describe } from "../_describe.ts";
import { checkSettings } from "../_settings.ts";
import type { SchedulePlan } from "../schedulers/scheduler.ts";
import type { Answer, AskOptions } from "./answer.ts";
import { Attempts } from "./_attempts.ts";
import { StudyTrialError } from "./errors.ts";
import type { StoredConfig } from "./events.ts";
import type { Job, Outcome, Receipt, Verdict } from "./job.ts";
import { JobSource } from "./_job_source.ts";
import {
  enqueuedEvent,
  extendedEvent,
  linkedEvent,
  reportedEvent,
  warmedEvent,
} from "./_make_event.ts";
import { checkOptions, type StudyOptions } from "./options.ts";
import { StudySession } from "./_session.ts";
import { warmKey } from "./_state.ts";
import { viewAll, viewBest } from "./_view.ts";
import type { BestTrial, TrialView } from "./trial_view.ts";

/** A result from elsewhere. */
export interface WarmObservation {
  /** The config; other keys than the searched ones do not count. */
  readonly config: unknown;
  /** Its metrics; the study's metric among them. */
  readonly metrics: Readonly<Record<string, number>>;
  /** How far it was trained. */
  readonly fidelity: number;
}

/**
 * Opens a study: a search that hands out jobs and is told what became of them. Everything that happens
 * is in its journal before the study answers, so a killed search goes on where it was.
 *
 * @param options What is searched, and how.
 * @returns the study; nobody else may open it until it is closed.
 * @throws {StudyOwnedError} If another process works on it.
 * @throws {StudySettingError} If a setting is out of range, or not the one that the study began with.
 *
 * @example
 * ```ts
 * import { defineSpace, float, openStudy, randomSampler, successiveHalving } from "@ato/ato/hyperopt";
 * import { assertEquals } from "@std/assert";
 *
 * const space = defineSpace({ lr: float(1e-4, 1, { log: true }) });
 * const study = openStudy({
 *   id: "demo",
 *   space,
 *   sampler: randomSampler(space),
 *   scheduler: successiveHalving({ trials: 9, minFidelity: 1, maxFidelity: 9 }),
 *   metric: "loss",
 *   mode: "min",
 * });
 * for (let answer = study.ask(); answer.kind === "job"; answer = study.ask()) {
 *   const { config, to } = answer.job;
 *   study.tell(answer.job, { metrics: { loss: Math.abs(Math.log10(config.lr) + 2) / to } });
 * }
 * assertEquals(study.trials().length, 9);
 * assertEquals(study.best()?.fidelity, 9);
 * study.close();
 * ```
 */
export function openStudy<C>(options: StudyOptions<C>): Study<C> {
  return new Study(options);
}

/** A search; made by {@linkcode openStudy}. */
export class Study<C> {
  /** Its name. */
  readonly id: string;
  /** The name of its metric. */
  readonly metric: string;
  readonly #session: StudySession<C>;
  readonly #attempts: Attempts<C>;
  readonly #jobs: JobSource<C>;

  /**
   * Opens a study; call {@linkcode openStudy}.
   *
   * @param options What is searched, and how.
   */
  constructor(options: StudyOptions<C>) {
    const checked = checkOptions(options);
    this.id = options.id;
    this.metric = options.metric;
    this.#session = new StudySession(options, checked);
    this.#attempts = new Attempts(this.#session);
    this.#jobs = new JobSource(this.#session, this.#attempts);
    this.#session.open(() => this.#attempts.loseAttached());
  }

  /**
   * Asks for something to do.
   *
   * @param options Who asks.
   * @returns a job, or why there is none now.
   */
  ask(options: AskOptions = {}): Answer<C> {
    this.#session.assertOpen();
    checkSettings<AskOptions>(`ask study ${this.id}`, options, {
      worker: true,
      detached: true,
    });
    this.#attempts.expire();
    return this.#jobs.next(options);
  }

  /**
   * Reports metrics of a running job. It counts as a sign of life.
   *
   * @param job The job.
   * @param metrics The metrics so far.
   * @param fidelity How far it has come.
   * @returns whether the job is to go on; a job that was given up is to stop.
   */
  report(
    job: Job<C>,
    metrics: Readonly<Record<string, number>>,
    fidelity: number,
  ): Verdict {
    this.#session.assertOpen();
    const live = this.#attempts.runningOf(job);
    if (live === undefined) return "stop";
    if (!(fidelity >= live.reached) || fidelity > live.to) {
      throw new StudyTrialError(
        job.trial,
        `Cannot report trial ${job.trial} at ${fidelity}: it is between ${live.reached} and ${live.to}`,
      );
    }
    const at = this.#session.now();
    const until = at + this.#session.checked.lease;
    const report = { fidelity, metrics, until };
    this.#session.append(reportedEvent(at, job, report));
    return live.stopping ? "stop" : "continue";
  }

  /**
   * Says that a job is still being worked on.
   *
   * @param job The job.
   * @returns whether it is still wanted; one that takes too long is not.
   */
  extend(job: Job<C>): boolean {
    this.#session.assertOpen();
    if (this.#attempts.runningOf(job) === undefined) return false;
    const at = this.#session.now();
    const trial = this.#session.state.trials[job.trial]!;
    if (this.#attempts.endIfLate(trial, at)) return false;
    const until = at + this.#session.checked.lease;
    this.#session.append(extendedEvent(at, job, until));
    return true;
  }

  /**
   * Says what became of a job. Telling twice changes nothing.
   *
   * @param job The job.
   * @param outcome Its metrics, or the error. Metrics without the study's metric, or with NaN there,
   *   are a failure.
   * @returns whether it counted.
   */
  tell(job: Job<C>, outcome: Outcome): Receipt {
    this.#session.assertOpen();
    const attempt = this.#attempts.of(job);
    if (typeof outcome !== "object" || outcome === null) {
      throw new StudyTrialError(
        job.trial,
        `Cannot tell trial ${job.trial}: its outcome is ${
          describe(outcome)
        }; give { metrics: { ${this.metric}: … } } or { error }`,
      );
    }
    if (attempt === undefined) return "stale";
    if (attempt.status !== "running") {
      return attempt.told ? "repeated" : "stale";
    }
    const trial = this.#session.state.trials[job.trial]!;
    this.#session.append(this.#attempts.endOf(trial, attempt, outcome));
    return "accepted";
  }

  /**
   * Has a config tried next.
   *
   * @param config The config; other keys than the searched ones do not count.
   * @returns false if it was enqueued before.
   * @throws {StudyTrialError} If it does not fit in the space.
   */
  enqueue(config: unknown): boolean {
    this.#session.assertOpen();
    const stored = this.#fit(config, "enqueue a config");
    if (this.#session.state.enqueued.has(stored.hash)) return false;
    this.#session.append(enqueuedEvent(this.#session.now(), stored));
    return true;
  }

  /**
   * Lets the sampler know of results from elsewhere: other searches, runs of the tracker. What was
   * taken up before does not count twice.
   *
   * @param observations The results.
   * @returns how many were taken up; those that do not fit in the space are not.
   */
  warmStart(observations: Iterable<WarmObservation>): number {
    this.#session.assertOpen();
    let count = 0;
    for (const { config, metrics, fidelity } of observations) {
      const point = this.#session.space.toPoint(config);
      if (point === undefined) continue;
      const stored = this.#session.stored(point);
      const result = { metrics, fidelity };
      const key = warmKey({ ...stored, ...result });
      if (this.#session.state.warmed.has(key)) continue;
      this.#session.append(warmedEvent(this.#session.now(), stored, result));
      count++;
    }
    return count;
  }

  #fit(config: unknown, action: string): StoredConfig {
    const point = this.#session.space.toPoint(config);
    if (point !== undefined) return this.#session.stored(point);
    throw new StudyTrialError(
      undefined,
      `Cannot ${action}: ${
        JSON.stringify(config)
      } does not fit in the space; give each searched key a value of its range`,
    );
  }

  /**
   * Notes that a run of the tracker belongs to a trial.
   *
   * @param trial The trial's number.
   * @param run The run's id or UUID.
   * @throws {StudyTrialError} If there is no such trial.
   */
  link(trial: number, run: number | string): void {
    this.#session.assertOpen();
    if (this.#session.state.trials[trial] === undefined) {
      throw new StudyTrialError(
        trial,
        `Cannot link run ${run} to trial ${trial}: study ${this.id} has no such trial`,
      );
    }
    this.#session.append(linkedEvent(this.#session.now(), trial, run));
  }

  /**
   * Says what is going to run.
   *
   * @returns brackets, number of trials and cost.
   */
  plan(): SchedulePlan {
    return this.#session.options.scheduler.plan();
  }

  /**
   * Lists the trials.
   *
   * @returns what is known of each, by number.
   */
  trials(): TrialView<C>[] {
    return viewAll(this.#session.state);
  }

  /**
   * Finds the best result: the best metric at the greatest fidelity that any trial reached.
   *
   * @returns it, or `undefined` before any trial ended.
   */
  best(): BestTrial<C> | undefined {
    return viewBest(this.#session.state);
  }

  /** Milliseconds between two signs of life of a running job. */
  get heartbeat(): number {
    const { lease, timeout } = this.#session.checked;
    // A job that takes too long is found out by its signs of life.
    return Math.min(lease / 3, timeout / 2 + 1);
  }

  /** Milliseconds after which a job is given up; Infinity for never. */
  get timeout(): number {
    return this.#session.checked.timeout;
  }

  /** How many trials began. */
  get trialCount(): number {
    return this.#session.state.started;
  }

  /** Units of fidelity that were handed out, less what stopped trials left. */
  get fidelitySpent(): number {
    return this.#session.state.fidelity;
  }

  /** Lets go of the study; another session may go on with it. */
  close(): void {
    this.#session.close();
  }
}
