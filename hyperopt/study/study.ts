import { describe } from "../_describe.ts";
import { checkSettings } from "../_settings.ts";
import type { SchedulePlan } from "../schedulers/scheduler.ts";
import type { Space } from "../spaces/space.ts";
import type { Answer, AskOptions } from "./answer.ts";
import { Attempts } from "./_attempts.ts";
import { StudySettingError, StudyTrialError } from "./errors.ts";
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
import { Goal } from "./_goal.ts";
import { checkOptions, type StudyOptions } from "./options.ts";
import { StudySession } from "./_session.ts";
import { warmKey } from "./_state.ts";
import { viewAll, viewBest, viewFront, viewTimes } from "./_view.ts";
import type { BestTrial, TrialTimes, TrialView } from "./trial_view.ts";

/** A result of another search, or of a run that was no trial. */
export interface WarmObservation {
  /** The config; only the searched keys matter. */
  readonly config: unknown;
  /** Its metrics, including the study's metric. */
  readonly metrics: Readonly<Record<string, number>>;
  /** How far it was trained, in the study's units. */
  readonly fidelity: number;
}

/**
 * Opens a study: a search that hands out jobs and is told their results. An existing study is resumed.
 * Each event is in the journal before the study answers, so a search that was killed continues where it was.
 *
 * @param options What is searched, and how.
 * @returns the study; no one else can open it until it is closed.
 * @throws {StudyOwnedError} If another process works on the study.
 * @throws {StudySettingError} If a setting is out of range, or differs from the one that the study began with.
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
  /** The name of its metric; of the first one if it has several objectives. */
  readonly metric: string;
  /** The mode of each objective, by the name of its metric. */
  readonly objectives: Readonly<Record<string, "min" | "max">>;
  /** The space that is searched. */
  readonly space: Space<C>;
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
    this.metric = checked.goal.metric;
    this.objectives = new Goal(checked.goal).objectives;
    this.space = options.space;
    this.#session = new StudySession(options, checked);
    this.#attempts = new Attempts(this.#session);
    this.#jobs = new JobSource(this.#session, this.#attempts);
    this.#session.open(() => this.#attempts.loseAttached());
  }

  /**
   * Asks for a job.
   *
   * @param options The worker that asks.
   * @returns a job, or why there is none now.
   * @throws {StudyTrialError} If the study is closed.
   */
  ask(options: AskOptions = {}): Answer<C> {
    this.#session.assertOpen();
    checkSettings<AskOptions>(`ask study ${this.id}`, options, {
      worker: true,
      detached: true,
      trial: true,
    });
    this.#attempts.expire();
    const answer = this.#jobs.next(options);
    this.#session.isDone = answer.kind === "done";
    return answer;
  }

  /**
   * Reports metrics of a running job. A report also renews the lease of the job.
   *
   * @param job The job.
   * @param metrics The metrics so far.
   * @param fidelity The fidelity that the job has reached.
   * @returns whether the job should continue or stop; a job that was given up should stop.
   * @throws {StudyTrialError} If the fidelity is lower than that of the last report, or above `job.to`.
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
   * Renews the lease of a running job.
   *
   * @param job The job.
   * @returns whether its result is still wanted; a job that takes longer than the timeout is given up.
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
   * Tells the study the result of a job. Telling it twice changes nothing.
   *
   * @param job The job.
   * @param outcome Its metrics, or the error. The job failed if the metric of an objective or of a constraint is
   * missing, NaN or infinite.
   * @returns whether the result counts.
   */
  tell(job: Job<C>, outcome: Outcome): Receipt {
    this.#session.assertOpen();
    const attempt = this.#attempts.of(job);
    if (typeof outcome !== "object" || outcome === null) {
      throw new StudyTrialError(
        job.trial,
        `Cannot tell trial ${job.trial}: its outcome is ${
          describe(outcome)
        }; give { metrics: { ${
          Object.keys(this.objectives).map((name) => `${name}: …`).join(", ")
        } } } or { error }`,
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
   * Gives a running job back: it is repeated by whoever asks next, and does not count as failed or lost.
   *
   * @param job The job.
   * @returns false if it is not running.
   */
  release(job: Job<C>): boolean {
    this.#session.assertOpen();
    if (this.#attempts.runningOf(job) === undefined) return false;
    this.#attempts.release(this.#session.state.trials[job.trial]!);
    return true;
  }

  /**
   * Says that the worker of a running job is gone: the attempt is lost, and repeated by whoever asks next, as often
   * as `losses` allows.
   *
   * @param job The job.
   * @param reason Why it is lost; it becomes the trial's error.
   * @returns false if it is not running.
   */
  lose(job: Job<C>, reason: string): boolean {
    this.#session.assertOpen();
    if (this.#attempts.runningOf(job) === undefined) return false;
    this.#attempts.lose(this.#session.state.trials[job.trial]!, reason);
    return true;
  }

  /**
   * Lists the jobs that run, e.g. detached ones that an earlier session handed out.
   *
   * @returns the jobs, by the number of the trial.
   */
  running(): Job<C>[] {
    return this.#jobs.running();
  }

  /**
   * Enqueues a config: it is tried before any config of the sampler.
   *
   * @param config The config; only the searched keys matter.
   * @returns false if it was enqueued before.
   * @throws {StudyTrialError} If the config does not fit in the space.
   */
  enqueue(config: unknown): boolean {
    this.#session.assertOpen();
    const stored = this.#fit(config, "enqueue a config");
    if (this.#session.state.enqueued.has(stored.hash)) return false;
    this.#session.append(enqueuedEvent(this.#session.now(), stored));
    return true;
  }

  /**
   * Tells the sampler results from elsewhere: of other searches, or of runs of the tracker. A result that
   * the study already has is skipped. Results of one config at several fidelities, e.g. of the rungs of a
   * search, are one trial for the sampler; two results of it at the same fidelity are two trials.
   *
   * @param observations The results.
   * @returns how many results were added; those that do not fit in the space are skipped.
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
   * Records that a run of the tracker belongs to a trial; a second call for the same run changes nothing.
   *
   * @param trial The trial's number.
   * @param run The run's id or UUID.
   * @throws {StudyTrialError} If there is no such trial.
   */
  link(trial: number, run: number | string): void {
    this.#session.assertOpen();
    const known = this.#session.state.trials[trial];
    if (known === undefined) {
      throw new StudyTrialError(
        trial,
        `Cannot link run ${run} to trial ${trial}: study ${this.id} has no such trial`,
      );
    }
    if (known.runs.includes(run)) return;
    this.#session.append(linkedEvent(this.#session.now(), trial, run));
  }

  /**
   * Returns what the scheduler is going to run.
   *
   * @returns the brackets, the number of trials and the cost.
   */
  plan(): SchedulePlan {
    return this.#session.options.scheduler.plan();
  }

  /**
   * Lists the trials.
   *
   * @returns a view of each trial, by number.
   */
  trials(): TrialView<C>[] {
    return viewAll(this.#session.state);
  }

  /**
   * Lists when the trials ran.
   *
   * @returns the times of each trial, by number.
   */
  times(): TrialTimes[] {
    return viewTimes(this.#session.state);
  }

  /**
   * Finds the best result: the best metric at the greatest fidelity that any trial reached. Under constraints it is
   * that of a feasible trial if there is one, and otherwise that of the least violation.
   *
   * @returns the result; `undefined` if no trial has a result yet.
   * @throws {StudySettingError} If the study has several objectives: then no trial is the best in all of them.
   */
  best(): BestTrial<C> | undefined {
    const names = Object.keys(this.objectives);
    if (names.length > 1) {
      throw new StudySettingError(
        "objectives",
        `Cannot find the best trial of study ${this.id}: it has the objectives ${
          names.join(", ")
        }; call front() for the trials that no other trial dominates`,
      );
    }
    return viewBest(this.#session.state);
  }

  /**
   * Finds the front: the results that no other one dominates, by the number of the trial. One result dominates
   * another if it is worse in no objective, and better in one. Results of the greatest fidelity that a feasible
   * trial reached are compared. If no trial is feasible, it has those of the least violation.
   *
   * @returns the results; with one objective the best one; empty if no trial has a result yet.
   *
   * @example
   * ```ts
   * import { defineSpace, fullFidelity, int, nsga2Sampler, openStudy } from "@ato/ato/hyperopt";
   * import { assertEquals } from "@std/assert";
   *
   * const space = defineSpace({ width: int(1, 6) });
   * const study = openStudy({
   *   id: "two-objectives",
   *   space,
   *   sampler: nsga2Sampler(space),
   *   scheduler: fullFidelity({ trials: 6 }),
   *   objectives: { loss: "min", latency: "min" },
   *   constraints: { memory: { max: 8 } },
   * });
   * for (let answer = study.ask(); answer.kind === "job"; answer = study.ask()) {
   *   const { width } = answer.job.config;
   *   const loss = Math.abs(width - 3);
   *   study.tell(answer.job, { metrics: { loss, latency: width, memory: 4 * width } });
   * }
   * const widths = study.front().map(({ trial }) => trial.config.width);
   * assertEquals(widths.sort(), [1, 2]);
   * study.close();
   * ```
   */
  front(): BestTrial<C>[] {
    return viewFront(this.#session.state);
  }

  /** Milliseconds after which the lease of a running job should be renewed. */
  get heartbeat(): number {
    const { lease, timeout } = this.#session.checked;
    // A job that takes too long is noticed when its lease is renewed.
    return Math.min(lease / 3, timeout / 2 + 1);
  }

  /** Milliseconds after which a running job is given up; `Infinity` for never. */
  get timeout(): number {
    return this.#session.checked.timeout;
  }

  /** How to resume the study after it was closed, as the end of a sentence; `undefined` if its journal does not say it. */
  get resumeHint(): string | undefined {
    return this.#session.resumeHint;
  }

  /** In `order: "logical"`, the most jobs that can run at a time; otherwise `Infinity`. */
  get concurrency(): number {
    const { order } = this.#session.checked;
    return order === "logical" ? this.#session.width : Infinity;
  }

  /** The number of trials that were started. */
  get trialCount(): number {
    return this.#session.state.started;
  }

  /**
   * The units of fidelity that were handed out, minus those that stopped trials did not use. Of a released job,
   * those above its last report are given back, if it reported any progress.
   */
  get fidelitySpent(): number {
    return this.#session.state.fidelity;
  }

  /** Closes the study; another session can resume it. Running jobs are released, unless they are detached. */
  close(): void {
    if (this.#session.isOpen) this.#attempts.releaseAttached();
    this.#session.close();
  }
}
