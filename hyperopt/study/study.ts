import { createRandom, type Random } from "../random.ts";
import { checkSettings } from "../_settings.ts";
import type {
  Decision,
  SchedulePlan,
  Scheduler,
} from "../schedulers/scheduler.ts";
import { describe } from "../spaces/_read_spec.ts";
import type { Point, Space } from "../spaces/space.ts";
import { newOwner } from "./_claim.ts";
import { Feed } from "./_feed.ts";
import { StudyState, warmKey } from "./_state.ts";
import {
  configOf,
  isPlain,
  signatureOf,
  storedConfig,
} from "./_stored_config.ts";
import {
  attemptOf,
  type AttemptState,
  type TrialState,
} from "./_trial_state.ts";
import { StudySettingError, StudyTrialError } from "./errors.ts";
import type {
  EndedEvent,
  EnqueuedEvent,
  FailedEvent,
  OpenedEvent,
  StartedEvent,
  StoredError,
  StudyEvent,
} from "./events.ts";
import type { Job, Outcome, Receipt, Verdict } from "./job.ts";
import type { Journal, StudyOwner } from "./journal.ts";
import { memoryJournal } from "./memory_journal.ts";
import {
  type CheckedOptions,
  checkMembers,
  checkOptions,
  type StudyOptions,
} from "./options.ts";
import { viewAll, viewBest } from "./_view.ts";
import type { BestTrial, TrialView } from "./trial_view.ts";

/** How often another config is sampled in the place of one that was tried. */
const TRIES = 100;

/** What a study answers to a worker. */
export type Answer<C> =
  | {
    /** There is something to do. */
    readonly kind: "job";
    /** What. */
    readonly job: Job<C>;
  }
  /** Nothing until a running job ends. */
  | { readonly kind: "wait" }
  /** Nothing any more. */
  | { readonly kind: "done" };

/** Who asks. */
export interface AskOptions {
  /** The worker's name. */
  readonly worker?: string;
  /**
   * Whether the worker outlives this process, so that its job is not lost with it.
   *
   * @default false
   */
  readonly detached?: boolean;
}

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
  checkMembers(options);
  return new Study(options, checkOptions(options));
}

/** A search; made by {@linkcode openStudy}. */
export class Study<C> {
  /** Its name. */
  readonly id: string;
  /** The name of its metric. */
  readonly metric: string;
  readonly #space: Space<C>;
  readonly #plain: boolean;
  readonly #options: StudyOptions<C>;
  readonly #checked: CheckedOptions;
  readonly #scheduler: Scheduler;
  readonly #journal: Journal;
  readonly #owner: StudyOwner;
  readonly #clock: () => number;
  readonly #random: Random;
  /** The space in normal form. */
  readonly #signature: string;
  readonly #state = new StudyState();
  readonly #feed: Feed;
  #renewed = 0;
  #closed = false;

  /**
   * Opens a study; call {@linkcode openStudy}.
   *
   * @param options What is searched, and how.
   * @param checked The settings with their defaults.
   */
  constructor(options: StudyOptions<C>, checked: CheckedOptions) {
    this.id = options.id;
    this.metric = options.metric;
    this.#options = options;
    this.#checked = checked;
    this.#space = options.space;
    this.#plain = isPlain(options.space);
    this.#scheduler = options.scheduler;
    this.#clock = options.clock ?? Date.now;
    this.#journal = options.journal ?? memoryJournal({ studyId: options.id });
    this.#owner = newOwner(checked.lease);
    this.#random = createRandom(checked.seed);
    this.#signature = signatureOf(options.space);
    this.#feed = new Feed({
      space: options.space,
      signature: this.#signature,
      scheduler: options.scheduler,
      sampler: options.sampler,
      order: checked.order,
    }, this.#state);
    this.#renewed = this.#clock();
    this.#journal.claim(this.#owner, this.#renewed);
    try {
      this.#replay();
    } catch (error) {
      this.#journal.release(this.#owner);
      throw error;
    }
  }

  #replay(): void {
    for (const event of this.#journal.read()) {
      this.#state.apply(event);
      this.#feed.apply(event);
    }
    const opening = this.#opening();
    this.#checkFounder(opening);
    this.#append(opening);
    // Their workers died with the session that had them.
    for (const trial of [...this.#state.running]) {
      if (!trial.live!.detached) {
        this.#append(this.#failure(trial, "lost", {
          name: "Lost",
          message: "the process of the search ended",
        }, false));
      }
    }
  }

  /** What decides the trials must be what it was when the study began. */
  #checkFounder(now: OpenedEvent): void {
    const { founded } = this.#state;
    if (founded === undefined) return;
    for (
      const setting of [
        "metric",
        "mode",
        "seed",
        "order",
        "width",
        "scheduler",
        "plan",
      ] as const
    ) {
      if (founded[setting] === now[setting]) continue;
      const name = setting === "plan" ? "scheduler" : setting;
      throw new StudySettingError(
        name,
        `Cannot open study ${this.id}: it began with ${name} ${
          founded[setting]
        }, not ${now[setting]}; open it with that, or name another study`,
      );
    }
  }

  #opening(): OpenedEvent {
    const { mode, seed, order, width } = this.#checked;
    const { founded } = this.#state;
    return {
      kind: "opened",
      at: this.#clock(),
      nonce: founded?.nonce ?? crypto.randomUUID().slice(0, 8),
      seed,
      metric: this.metric,
      mode,
      order,
      width: order === "logical" ? width : 0,
      scheduler: this.#scheduler.name,
      plan: JSON.stringify(this.#scheduler.plan()),
      sampler: this.#options.sampler.name,
      space: this.#signature,
    };
  }

  /**
   * Asks for something to do.
   *
   * @param options Who asks.
   * @returns a job, or why there is none now.
   */
  ask(options: AskOptions = {}): Answer<C> {
    this.#assertOpen();
    checkSettings<AskOptions>(`ask study ${this.id}`, options, {
      worker: true,
      detached: true,
    });
    this.#expire();
    for (;;) {
      if (this.#isSpent()) return this.#idle();
      const retry = this.#state.retries[0];
      if (retry !== undefined) {
        const { bracket, rung } = retry;
        const { to } = retry.attempts.at(-1)!;
        return this.#start(retry, { bracket, rung, to }, options);
      }
      if (!this.#mayDecide()) return this.#idle();
      const decision = this.#scheduler.next();
      if (decision.kind === "wait" || decision.kind === "done") {
        // In logical order more may follow from what has ended.
        if (this.#settle()) continue;
        return this.#idle();
      }
      const answer = decision.kind === "start"
        ? this.#begin(decision, options)
        : this.#resume(decision, options);
      if (answer !== undefined) return answer;
    }
  }

  #idle(): Answer<C> {
    return { kind: this.#state.running.size > 0 ? "wait" : "done" };
  }

  /** In logical order so many jobs may be uncounted at a time, however many workers there are. */
  #mayDecide(): boolean {
    const { order, width } = this.#checked;
    if (order === "arrival") return true;
    while (this.#feed.held >= width) if (!this.#settle()) return false;
    return true;
  }

  /** In logical order: counts the oldest job, if it has ended. */
  #settle(): boolean {
    const trial = this.#feed.ready;
    if (trial === undefined) return false;
    this.#append({ kind: "settled", at: this.#clock(), trial: trial.trial });
    return true;
  }

  #isSpent(): boolean {
    const { fidelity = Infinity, seconds = Infinity } = this.#checked.budget;
    return this.#state.fidelity >= fidelity ||
      this.#state.elapsed(this.#clock()) >= 1000 * seconds;
  }

  /** A new trial; `undefined` where the decision was answered without a job. */
  #begin(
    decision: Extract<Decision, { kind: "start" }>,
    options: AskOptions,
  ): Answer<C> | undefined {
    const { trials = Infinity } = this.#checked.budget;
    if (this.#state.started >= trials) return this.#idle();
    const { bracket, rung, to } = decision;
    const trial = this.#state.trials.length;
    const random = this.#random.fork(trial);
    const chosen = this.#choose(trial, random);
    if (chosen === undefined) {
      if (!this.#state.exhausted) {
        this.#append({ kind: "exhausted", at: this.#clock() });
      }
      // A scheduler without an end would ask for ever.
      if (this.#scheduler.plan().trials === Infinity) return this.#idle();
      this.#append({ kind: "absent", at: this.#clock(), trial, bracket, rung });
      return undefined;
    }
    const seed = random.fork("seed").integer(2 ** 32);
    const at = this.#clock();
    const { stored, enqueued } = chosen;
    const first = { ...stored, seed, ...(enqueued && { enqueued }) };
    const known = this.#checked.duplicates === "reuse"
      ? this.#feed.known(stored.hash, to)
      : undefined;
    if (known !== undefined) {
      const { trial: source, metrics } = known;
      this.#append({
        kind: "reused",
        at,
        trial,
        rung,
        attempt: 0,
        bracket,
        to,
        source,
        metrics,
        ...first,
      });
      return undefined;
    }
    return this.#hand({
      kind: "started",
      at,
      trial,
      rung,
      attempt: 0,
      bracket,
      from: 0,
      to,
      until: at + this.#checked.lease,
      ...first,
      ...workerOf(options),
    });
  }

  /** The next enqueued config, or a sampled one that was not tried. */
  #choose(
    trial: number,
    random: Random,
  ): { stored: ReturnType<typeof storedConfig>; enqueued?: true } | undefined {
    const next = this.#state.queue[0];
    if (next !== undefined) {
      const { config, encoded, point, hash } = next;
      const stored = {
        point,
        hash,
        ...(encoded === undefined ? { config } : { encoded }),
      };
      return { stored, enqueued: true };
    }
    if (this.#state.exhausted) return undefined;
    const skips = this.#checked.duplicates === "skip";
    for (let i = 0; i < TRIES; i++) {
      // The first try has the trial's own numbers; the others go on from there.
      const point = this.#options.sampler.sample(
        trial,
        i === 0 ? random : random.fork(`again ${i}`),
        i,
      );
      if (point === undefined) return undefined;
      const hash = this.#space.hash(point);
      if (!skips || !this.#feed.twins.has(hash)) {
        return { stored: this.#stored(point, hash) };
      }
    }
    return undefined;
  }

  #stored(point: Point, hash: string): ReturnType<typeof storedConfig> {
    return storedConfig(this.#space, point, { plain: this.#plain, hash });
  }

  #resume(
    decision: Extract<Decision, { kind: "resume" }>,
    options: AskOptions,
  ): Answer<C> | undefined {
    const { trial: number, bracket, rung, to } = decision;
    const trial = this.#state.trials[number]!;
    if (!trial.misfit) {
      return this.#start(trial, { bracket, rung, to }, options);
    }
    this.#append({
      kind: "dropped",
      at: this.#clock(),
      trial: number,
      bracket,
      rung,
      error: {
        name: "Misfit",
        message: "its config does not fit in the space any more",
      },
    });
    return undefined;
  }

  /** Another attempt of a trial that is known: on its next rung, or on the same once more. */
  #start(
    trial: TrialState,
    place: { bracket: number; rung: number; to: number },
    options: AskOptions,
  ): Answer<C> {
    const { bracket, rung, to } = place;
    const at = this.#clock();
    const attempt = trial.attempts.filter((one) => one.rung === rung).length;
    return this.#hand({
      kind: "started",
      at,
      trial: trial.trial,
      rung,
      attempt,
      bracket,
      from: trial.checkpoint?.at ?? 0,
      to,
      until: at + this.#checked.lease,
      ...workerOf(options),
    });
  }

  #hand(event: StartedEvent): Answer<C> {
    this.#append(event);
    const trial = this.#state.trials[event.trial]!;
    const { bracket, rung, attempt, from, to } = event;
    const { checkpoint } = trial;
    return {
      kind: "job",
      job: {
        trial: event.trial,
        bracket,
        rung,
        attempt,
        token: this.#tokenOf(event),
        config: configOf(trial.stored) as C,
        seed: trial.seed,
        from,
        to,
        ...(checkpoint !== undefined && { checkpoint: checkpoint.what }),
      },
    };
  }

  #tokenOf(
    { trial, rung, attempt }: { trial: number; rung: number; attempt: number },
  ): string {
    return `${this.#state.founded!.nonce}-${trial}-${rung}-${attempt}`;
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
    this.#assertOpen();
    const live = this.#liveOf(job);
    if (live === undefined) return "stop";
    if (!(fidelity >= live.reached) || fidelity > live.to) {
      throw new StudyTrialError(
        job.trial,
        `Cannot report trial ${job.trial} at ${fidelity}: it is between ${live.reached} and ${live.to}`,
      );
    }
    const at = this.#clock();
    const { trial, rung, attempt } = job;
    const until = at + this.#checked.lease;
    this.#append({
      kind: "reported",
      at,
      trial,
      rung,
      attempt,
      fidelity,
      metrics,
      until,
    });
    return live.stopping ? "stop" : "continue";
  }

  /**
   * Says that a job is still being worked on.
   *
   * @param job The job.
   * @returns whether it is still wanted; one that takes too long is not.
   */
  extend(job: Job<C>): boolean {
    this.#assertOpen();
    if (this.#liveOf(job) === undefined) return false;
    const at = this.#clock();
    if (this.#endIfLate(this.#state.trials[job.trial]!, at)) return false;
    const { trial, rung, attempt } = job;
    this.#append({
      kind: "extended",
      at,
      trial,
      rung,
      attempt,
      until: at + this.#checked.lease,
    });
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
    this.#assertOpen();
    const attempt = this.#attemptOf(job);
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
    const trial = this.#state.trials[job.trial]!;
    this.#append(this.#endOf(trial, attempt, outcome));
    return "accepted";
  }

  #endOf(
    trial: TrialState,
    live: AttemptState,
    outcome: Outcome,
  ): EndedEvent | FailedEvent {
    const metrics = "metrics" in outcome ? outcome.metrics : undefined;
    if (metrics === undefined || this.#state.lossOf(metrics) === undefined) {
      const error = "error" in outcome
        ? toStoredError(outcome.error)
        : notFinite(this.metric, metrics?.[this.metric]);
      return this.#failure(trial, "failed", error, true);
    }
    const { rung, attempt, to, stopping, reached } = live;
    const checkpoint = "checkpoint" in outcome ? outcome.checkpoint : undefined;
    return {
      kind: stopping ? "stopped" : "completed",
      at: this.#clock(),
      trial: trial.trial,
      rung,
      attempt,
      fidelity: stopping ? reached : to,
      metrics,
      ...(checkpoint !== undefined && { checkpoint }),
    };
  }

  #failure(
    trial: TrialState,
    kind: "failed" | "lost",
    error: StoredError,
    told: boolean,
  ): FailedEvent {
    const { rung, attempt } = trial.live!;
    const tries = trial.failures + trial.losses;
    return {
      kind,
      at: this.#clock(),
      trial: trial.trial,
      rung,
      attempt,
      error,
      told,
      final: tries >= this.#checked.retries,
    };
  }

  /** Gives up jobs whose workers are silent, or that take too long. */
  #expire(): void {
    const now = this.#clock();
    for (const trial of [...this.#state.running]) {
      if (this.#endIfLate(trial, now) || now <= trial.live!.until) continue;
      this.#append(this.#failure(trial, "lost", {
        name: "Lost",
        message: "its worker was silent for too long",
      }, false));
    }
  }

  /** Gives up a job that takes too long. */
  #endIfLate(trial: TrialState, now: number): boolean {
    const { timeout } = this.#checked;
    if (now - trial.live!.started <= timeout) return false;
    this.#append(this.#failure(trial, "failed", {
      name: "Timeout",
      message: `it took more than ${timeout / 1000} s`,
    }, false));
    return true;
  }

  /**
   * Has a config tried next.
   *
   * @param config The config; other keys than the searched ones do not count.
   * @returns false if it was enqueued before.
   * @throws {StudyTrialError} If it does not fit in the space.
   */
  enqueue(config: unknown): boolean {
    this.#assertOpen();
    const stored = this.#fit(config, "enqueue a config");
    if (this.#state.enqueued.has(stored.hash)) return false;
    const event: EnqueuedEvent = {
      kind: "enqueued",
      at: this.#clock(),
      ...stored,
    };
    this.#append(event);
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
    this.#assertOpen();
    let count = 0;
    for (const { config, metrics, fidelity } of observations) {
      const point = this.#space.toPoint(config);
      if (point === undefined) continue;
      const stored = this.#stored(point, this.#space.hash(point));
      if (this.#state.warmed.has(warmKey({ ...stored, metrics, fidelity }))) {
        continue;
      }
      this.#append({
        kind: "warmed",
        at: this.#clock(),
        ...stored,
        metrics,
        fidelity,
      });
      count++;
    }
    return count;
  }

  #fit(config: unknown, action: string): ReturnType<typeof storedConfig> {
    const point = this.#space.toPoint(config);
    if (point !== undefined) {
      return this.#stored(point, this.#space.hash(point));
    }
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
    this.#assertOpen();
    if (this.#state.trials[trial] === undefined) {
      throw new StudyTrialError(
        trial,
        `Cannot link run ${run} to trial ${trial}: study ${this.id} has no such trial`,
      );
    }
    this.#append({ kind: "linked", at: this.#clock(), trial, run });
  }

  /**
   * Says what is going to run.
   *
   * @returns brackets, number of trials and cost.
   */
  plan(): SchedulePlan {
    return this.#scheduler.plan();
  }

  /**
   * Lists the trials.
   *
   * @returns what is known of each, by number.
   */
  trials(): TrialView<C>[] {
    return viewAll(this.#state);
  }

  /**
   * Finds the best result: the best metric at the greatest fidelity that any trial reached.
   *
   * @returns it, or `undefined` before any trial ended.
   */
  best(): BestTrial<C> | undefined {
    return viewBest(this.#state);
  }

  /** Milliseconds between two signs of life of a running job. */
  get heartbeat(): number {
    const { lease, timeout } = this.#checked;
    // A job that takes too long is found out by its signs of life.
    return Math.min(lease / 3, timeout / 2 + 1);
  }

  /** Milliseconds after which a job is given up; Infinity for never. */
  get timeout(): number {
    return this.#checked.timeout;
  }

  /** How many trials began. */
  get trialCount(): number {
    return this.#state.started;
  }

  /** Units of fidelity that were handed out, less what stopped trials left. */
  get fidelitySpent(): number {
    return this.#state.fidelity;
  }

  /** Lets go of the study; another session may go on with it. */
  close(): void {
    if (this.#closed) return;
    this.#append({ kind: "closed", at: this.#clock() });
    this.#closed = true;
    this.#journal.release(this.#owner);
    this.#journal.close();
  }

  #assertOpen(): void {
    if (!this.#closed) return;
    throw new StudyTrialError(
      undefined,
      `Cannot go on with study ${this.id}: it is closed; open it again`,
    );
  }

  /** The attempt that a job is of, whatever became of it. */
  #attemptOf(job: Job<C>): AttemptState | undefined {
    if (typeof job?.trial !== "number") {
      throw new StudyTrialError(
        undefined,
        `Cannot go on with a job: it is ${
          describe(job)
        }; give the job of ask()`,
      );
    }
    const trial = this.#state.trials[job.trial];
    return trial === undefined || job.token !== this.#tokenOf(job)
      ? undefined
      : attemptOf(trial, job.rung, job.attempt);
  }

  /** The same, while it runs. */
  #liveOf(job: Job<C>): AttemptState | undefined {
    const attempt = this.#attemptOf(job);
    return attempt?.status === "running" ? attempt : undefined;
  }

  /** First the journal, then the state. */
  #append(event: StudyEvent): void {
    const { at } = event;
    if (at - this.#renewed > this.#checked.lease / 3) {
      this.#journal.renew(this.#owner, at);
      this.#renewed = at;
    }
    this.#journal.append([event], this.#owner);
    this.#state.apply(event);
    this.#feed.apply(event);
  }
}

function workerOf(
  { worker, detached }: AskOptions,
): { worker?: string; detached?: true } {
  return {
    ...(worker !== undefined && { worker }),
    ...(detached === true && { detached }),
  };
}

/** Why metrics are no result: what diverged has none, whichever way it went. */
function notFinite(metric: string, value: unknown): StoredError {
  return value === Infinity || value === -Infinity
    ? {
      name: "Infinity",
      message: `its ${metric} is ${value}, which is not a finite number`,
    }
    : { name: "NaN", message: `it gave no ${metric}, or NaN` };
}

function toStoredError(error: unknown): StoredError {
  return error instanceof Error
    ? { name: error.name, message: error.message }
    : { name: typeof error, message: String(error) };
}
