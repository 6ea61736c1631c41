import { clearInterval, setInterval, setTimeout } from "node:timers";
import { SearchUsageError } from "../errors.ts";
import { checkMethods, checkSettings } from "../_settings.ts";
import { describe } from "../_describe.ts";
import type { Job } from "../study/job.ts";
import type { Study } from "../study/study.ts";
import { LocalWorker } from "./_local_worker.ts";
import type { ObjectiveResult, StudyObjective } from "./objective.ts";
import { type StudyWorker, WorkerStartError } from "./worker.ts";

/** The least number of milliseconds that a thread has for loading its module, on a busy machine. */
const MIN_PATIENCE = 60_000;

/** Options for {@linkcode runStudy}. */
export interface RunStudyOptions<C> {
  /**
   * The number of trials that run at the same time.
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
   * Ends the search. The next session repeats the trials that were running.
   *
   * @default {none}
   */
  readonly signal?: AbortSignal;
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
 * Failed trials do not end the search. If all trials fail, the promise resolves as usual: `study.best()` is
 * `undefined` then, and `study.trials()` has the errors.
 *
 * @param study The study.
 * @param objective The objective, or the URL of a module that exports it.
 * @param options The number of workers, and callbacks.
 * @returns when there are no more jobs, or the search was ended.
 * @throws {RangeError} If `workers` is not a whole number from 1 up.
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
  const { workers = 1, name = "objective" } = options;
  if (!Number.isSafeInteger(workers) || workers < 1) {
    throw new RangeError(
      `Cannot run with ${workers} workers: workers is a whole number from 1 up`,
    );
  }
  const { metric } = study;
  const makeWorker = typeof objective === "function"
    ? () => new LocalWorker(objective, metric)
    : await threadMaker<C>(
      { module: String(objective), name, metric },
      study.timeout,
    );
  const all = Array.from({ length: workers }, makeWorker);
  const crew = new Crew(study, options);
  const onAbort = () => crew.stop();
  options.signal?.addEventListener("abort", onAbort);
  if (options.signal?.aborted) crew.stop();
  try {
    await Promise.all(all.map((worker, i) => crew.serve(worker, `${i}`)));
  } finally {
    options.signal?.removeEventListener("abort", onAbort);
    await Promise.all(all.map((worker) => worker.close()));
  }
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

/** Makes workers in threads. The module of threads is loaded only when they are used. */
async function threadMaker<C>(
  data: { module: string; name: string; metric: string },
  timeout: number,
): Promise<() => StudyWorker<C>> {
  if (!URL.canParse(data.module)) {
    throw new WorkerStartError(
      data.module,
      "it is not a URL; give import.meta.url, or new URL(path, import.meta.url)",
    );
  }
  const { ThreadWorker } = await import("./_thread_worker.ts");
  const patience = Math.max(timeout, MIN_PATIENCE);
  return () => new ThreadWorker<C>(data, patience);
}

/** The workers of one study. */
class Crew<C> {
  readonly #study: Study<C>;
  readonly #onEnd: RunStudyOptions<C>["onEnd"];
  readonly #running = new Set<StudyWorker<C>>();
  /** The workers that wait until the job of another one ends. */
  #waiting: (() => void)[] = [];
  #stopped = false;
  #error: unknown;

  constructor(study: Study<C>, options: RunStudyOptions<C>) {
    this.#study = study;
    this.#onEnd = options.onEnd;
  }

  /** Ends the search and gives up the running jobs. */
  stop(): void {
    this.#stopped = true;
    for (const worker of this.#running) void worker.cancel();
    this.#wake();
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
    this.#running.add(worker);
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
    this.#running.add(worker);
    const watch = this.#watch(worker, job);
    let end: JobEnd<C>;
    try {
      const report = (
        metrics: Readonly<Record<string, number>>,
        fidelity: number,
      ) => this.#study.report(job, metrics, fidelity);
      end = { job, result: await worker.run(job, { report }) };
    } catch (error) {
      end = { job, error };
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

  /** Renews the lease of a job at intervals, and gives the job up if it is no longer wanted. */
  #watch(
    worker: StudyWorker<C>,
    job: Job<C>,
  ): ReturnType<typeof setInterval> {
    return setInterval(() => {
      if (!this.#study.extend(job)) void worker.cancel();
    }, Math.min(this.#study.heartbeat, 2 ** 31 - 1));
  }

  /** Lets waiting workers ask again, in the next turn, so that a crash does not starve the event loop. */
  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const done of waiting) setTimeout(done, 0);
  }
}
