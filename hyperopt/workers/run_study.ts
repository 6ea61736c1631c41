import { clearInterval, setInterval, setTimeout } from "node:timers";
import { SearchUsageError } from "../errors.ts";
import { checkMethods, checkSettings } from "../_settings.ts";
import { describe } from "../_describe.ts";
import { messageOf } from "../../internal/errors.ts";
import { visible } from "../../internal/visible_text.ts";
import type { SQLLogger, TrackerConfig } from "../../tracker/mod.ts";
import { StudyTrialError } from "../study/errors.ts";
import type { Job } from "../study/job.ts";
import type { Study } from "../study/study.ts";
import type { PlainReason } from "./_give_up.ts";
import { watchInterrupts } from "./_interrupts.ts";
import { endedText } from "./_ended_text.ts";
import type { ObjectiveResult, StudyObjective } from "./objective.ts";
import type { StudyTracking } from "./_study_tracking.ts";
import { openTracking, workerMaker } from "./_make_workers.ts";
import type { StudyWorker } from "./worker.ts";

/** The reason of signals when the search ends. */
const ENDED = "The search was ended";

/** Options for {@linkcode runStudy}. */
export interface RunStudyOptions<C> {
  /**
   * The number of trials that run at the same time. In `order: "logical"` at most `width` of them are busy; if there
   * are more, a line on stderr says so.
   *
   * @default {1}
   */
  readonly workers?: number;
  /**
   * The name of the export that is the objective, if the objective is in a module.
   *
   * @default {"objective"}
   */
  readonly name?: string;
  /**
   * Called when a job has ended, e.g. to show progress. An error that it throws ends the search.
   *
   * @default {nothing is called}
   */
  readonly onEnd?: (end: JobEnd<C>) => void;
  /**
   * Ends the search. The running jobs are released: they are repeated by the next session, or when the study is
   * run again.
   *
   * @default {none}
   */
  readonly signal?: AbortSignal;
  /**
   * The seconds that objectives have to end after their `signal` was aborted.
   *
   * @default {10}
   */
  readonly grace?: number;
  /**
   * Stores each trial as one run of the tracker: a logger, or a config that names the project and the database. The
   * rungs and attempts of a trial are inside its run, also after the search was killed and resumed. The objective
   * gets the logger as `trial.logger`.
   *
   * @default {trials are not tracked}
   */
  readonly tracker?: TrackerConfig | SQLLogger;
}

/** The end of a job. */
export interface JobEnd<C> {
  /** The job. */
  readonly job: Job<C>;
  /** The result of the objective; `undefined` if the job failed. */
  readonly result?: ObjectiveResult;
  /** The error, if the job failed. */
  readonly error?: unknown;
}

/**
 * Runs a study to its end.
 *
 * A function as the objective runs in this thread, with several jobs at a time if it is asynchronous. A module
 * (`import.meta.url` for the script itself) is loaded by threads of its own, which run its export `objective` in
 * parallel. A crash of one of them costs one attempt of one trial.
 *
 * SIGINT (Ctrl-C) ends the search: the running jobs are released, their objectives have the grace period to end, the
 * study is closed, a line on stderr says how to resume it, and then the signal ends the process as usual. A second
 * SIGINT ends it at once. If the program has a handler of SIGINT of its own, that decides instead. It can end the
 * search by `signal`.
 *
 * Failed trials do not end the search. If all trials fail, the promise resolves as usual: `study.best()` is
 * `undefined` then, and `study.trials()` has the errors.
 *
 * @param study The study.
 * @param objective The objective, or the URL of a module that exports it.
 * @param options The number of workers, and callbacks.
 * @returns when there are no more jobs, or the search was ended.
 * @throws {RangeError} If `workers` is not a whole number from 1 up, or `grace` is not a number from 0 up.
 * @throws {SearchUsageError} If the study or the objective is none, or an option is unknown.
 * @throws {WorkerStartError} If a thread cannot load the module. This is not counted as a failure of any trial,
 * and the next session continues.
 *
 * @example
 * ```ts
 * import { asha, defineSpace, float, openStudy, randomSampler, runStudy } from "@ato/ato/hyperopt";
 * import { assertEquals } from "@std/assert";
 *
 * const space = defineSpace({ lr: float(1e-4, 1, { log: true }) });
 * const study = openStudy({
 *   id: "in this thread",
 *   space,
 *   sampler: randomSampler(space),
 *   scheduler: asha({ minFidelity: 1, maxFidelity: 9, trials: 9 }),
 *   metric: "loss",
 *   mode: "min",
 * });
 * await runStudy(study, ({ config, to }) => Math.abs(Math.log10(config.lr) + 2) / to, { workers: 3 });
 * assertEquals(study.best()?.fidelity, 9);
 * study.close();
 * ```
 */
export async function runStudy<C>(
  study: Study<C>,
  objective: StudyObjective<C> | string | URL,
  options: RunStudyOptions<C> = {},
): Promise<void> {
  checkRun(study, objective, options);
  const { workers = 1, name = "objective", grace = 10 } = options;
  if (!Number.isSafeInteger(workers) || workers < 1) {
    throw new RangeError(
      `Cannot run with ${workers} workers: workers is a whole number from 1 up`,
    );
  }
  if (!(typeof grace === "number" && grace >= 0)) {
    throw new RangeError(
      `Cannot run a study: grace is ${
        describe(grace)
      }; give a number of seconds from 0 up`,
    );
  }
  warnOfIdle(study, workers);
  const { metric } = study;
  const tracking = options.tracker === undefined
    ? undefined
    : await openTracking(study, options.tracker);
  const makeWorker = await workerMaker(objective, {
    name,
    metric,
    grace: 1000 * grace,
    timeout: study.timeout,
  }, tracking);
  const all = Array.from({ length: workers }, makeWorker);
  const crew = new Crew(study, options, tracking);
  const { promise: over, resolve: end } = Promise.withResolvers<void>();
  let interrupted = false;
  const unwatch = watchInterrupts({
    interrupt() {
      interrupted = true;
      crew.announceEnd(grace);
      crew.stop();
      return over;
    },
    close() {
      study.close();
      console.error(endedText(study));
    },
  });
  const onAbort = () => crew.stop();
  options.signal?.addEventListener("abort", onAbort);
  if (options.signal?.aborted) crew.stop();
  try {
    await Promise.all(all.map((worker, i) => crew.serve(worker, `${i}`)));
  } finally {
    options.signal?.removeEventListener("abort", onAbort);
    await Promise.all(all.map((worker) => worker.close()));
    unwatch();
    end();
  }
  // The signal is about to end the process.
  if (interrupted) await new Promise<never>(() => {});
}

/** Checks arguments, since plain JavaScript may pass anything. */
function checkRun(study: unknown, objective: unknown, options: unknown): void {
  const action = "run a study";
  checkMethods(action, "study", study, {
    methods: ["ask", "tell", "extend"],
    give: "a study made by openStudy()",
  });
  checkSettings<RunStudyOptions<unknown>>(action, options, {
    workers: true,
    name: true,
    onEnd: true,
    signal: true,
    grace: true,
    tracker: true,
  });
  const isObjective = typeof objective === "function" ||
    typeof objective === "string" || objective instanceof URL;
  if (isObjective) return;
  throw new SearchUsageError(
    "objective",
    `Cannot ${action}: the objective is ${describe(objective)}; ` +
      "give a function, or the URL of a module that exports one",
  );
}

/** Says that some workers would only wait: `width` does not depend on their number, because it decides the trials. */
function warnOfIdle<C>(study: Study<C>, workers: number): void {
  const { id, concurrency } = study;
  if (!(workers > concurrency)) return;
  console.error(
    `ato: Search ${visible(id)} keeps at most ${concurrency} of ${workers} ` +
      `workers busy, because order is "logical" and width is ${concurrency}; ` +
      `give workers: ${concurrency}, or width: ${2 * workers} to a new study`,
  );
}

/** The workers of one study. */
class Crew<C> {
  readonly #study: Study<C>;
  readonly #onEnd: RunStudyOptions<C>["onEnd"];
  /** The workers that start, and those that run a job. */
  readonly #running = new Map<StudyWorker<C>, Job<C> | undefined>();
  /** The workers that wait until the job of another one ends. */
  #waiting: (() => void)[] = [];
  readonly #tracking: StudyTracking<C> | undefined;
  #stopped = false;
  #error: unknown;

  constructor(
    study: Study<C>,
    options: RunStudyOptions<C>,
    tracking: StudyTracking<C> | undefined,
  ) {
    this.#study = study;
    this.#tracking = tracking;
    this.#onEnd = options.onEnd;
  }

  /** Ends the search and gives the running jobs back. */
  stop(): void {
    this.#stopped = true;
    for (const [worker, job] of this.#running) {
      if (job !== undefined) this.#release(job);
      void worker.cancel({ name: "AbortError", message: ENDED });
    }
    this.#wake();
  }

  /** Says how long an interrupted search may take to end. */
  announceEnd(grace: number): void {
    const jobs = [...this.#running.values()].filter((job) => job !== undefined);
    if (jobs.length === 0) return;
    const trials = jobs.length === 1 ? "1 trial" : `${jobs.length} trials`;
    console.error(
      `ato: Ending search ${
        visible(this.#study.id)
      }: ${trials} running, with ${grace} s to end; ` +
        "press Ctrl-C again to end at once",
    );
  }

  #release(job: Job<C>): void {
    try {
      this.#study.release(job);
    } catch (error) {
      // A study that was closed meanwhile has released it.
      if (!(error instanceof StudyTrialError)) this.#error ??= error;
    }
  }

  /** Gives jobs to a worker until there are no more. */
  async serve(worker: StudyWorker<C>, name: string): Promise<void> {
    while (!this.#stopped) {
      // First the start: a job that no worker can run would cost its trial an attempt.
      if (!await this.#isStarted(worker)) break;
      const answer = this.#study.ask({ worker: name });
      if (answer.kind === "done") break;
      if (answer.kind === "wait") {
        await new Promise<void>((done) => this.#waiting.push(done));
        continue;
      }
      await this.#work(worker, answer.job);
      this.#wake();
    }
    this.#wake();
    if (this.#error !== undefined) throw this.#error;
  }

  async #isStarted(worker: StudyWorker<C>): Promise<boolean> {
    this.#running.set(worker, undefined);
    try {
      await worker.start();
    } catch (error) {
      // A worker that is ended while it starts is not an error.
      if (!this.#stopped) this.#fail(error);
    }
    this.#running.delete(worker);
    return !this.#stopped;
  }

  #fail(error: unknown): void {
    this.#error ??= error;
    this.stop();
  }

  async #work(worker: StudyWorker<C>, job: Job<C>): Promise<void> {
    this.#running.set(worker, job);
    const watch = this.#watch(worker, job);
    let end: JobEnd<C>;
    try {
      this.#tracking?.link(job);
      const report = (
        metrics: Readonly<Record<string, number>>,
        fidelity: number,
      ) => this.#study.report(job, metrics, fidelity);
      end = { job, result: await worker.run(job, { report }) };
    } catch (error) {
      end = { job, error };
      await this.#giveUpRun(job, error);
    }
    clearInterval(watch);
    this.#running.delete(worker);
    // The end of a job that was given up is not told: the next session repeats it.
    if (this.#stopped) return;
    try {
      this.#study.tell(job, end.result ?? { error: end.error });
      this.#onEnd?.(end);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Ends the run of a job that failed, if its worker did not do it. */
  async #giveUpRun(job: Job<C>, error: unknown): Promise<void> {
    try {
      await this.#tracking?.giveUp(job, error, this.#stopped);
    } catch (problem) {
      // The trial failed anyway, and the next attempt ends what this one left.
      console.error(
        `ato: Cannot end the run of trial ${job.trial}: ${messageOf(problem)}`,
      );
    }
  }

  /** Renews the lease of a job at intervals, and gives the job up if it is no longer wanted. */
  #watch(
    worker: StudyWorker<C>,
    job: Job<C>,
  ): ReturnType<typeof setInterval> {
    const watch = setInterval(() => {
      if (this.#stopped || this.#study.extend(job)) return;
      clearInterval(watch);
      void worker.cancel(this.#reasonOf(job));
    }, Math.min(this.#study.heartbeat, 2 ** 31 - 1));
    return watch;
  }

  /** Why a job was given up. */
  #reasonOf(job: Job<C>): PlainReason {
    const trial = this.#study.trials().find(({ trial }) => trial === job.trial);
    const { name, message } = trial?.error ?? {};
    return name === "Timeout"
      ? { name: "TimeoutError", message: `The trial was given up: ${message}` }
      : { name: "AbortError", message: "The trial was given up" };
  }

  /** Lets waiting workers ask again, in the next turn, so that a crash does not starve the event loop. */
  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const done of waiting) setTimeout(done, 0);
  }
}
