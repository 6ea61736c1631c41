import { clearInterval, setInterval, setTimeout } from "node:timers";
import { SearchUsageError } from "../errors.ts";
import { checkMethods, checkSettings } from "../_settings.ts";
import { describe } from "../_describe.ts";
import type { Job } from "../study/job.ts";
import type { Study } from "../study/study.ts";
import { LocalWorker } from "./_local_worker.ts";
import type { ObjectiveResult, StudyObjective } from "./objective.ts";
import { type StudyWorker, WorkerStartError } from "./worker.ts";

/** Milliseconds that a thread has at least for loading its module, on a busy machine. */
const MIN_PATIENCE = 60_000;

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
  readonly onEnd?: (end: JobEnd<C>) => void;
  /** Ends the search; trials that are running then are run again by a later session. */
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

/**
 * Runs a study to its end.
 *
 * An objective that is a function runs in this thread, several at a time where they wait for
 * something. A module (`import.meta.url`, for the script itself) is loaded by threads of its own, which
 * run its export `objective` side by side; what crashes one of them costs one attempt of one trial.
 *
 * @param study The study.
 * @param objective The objective, or the URL of a module that exports it.
 * @param options How many at a time.
 * @throws {RangeError} If `workers` is no whole number from 1 up.
 * @throws {WorkerStartError} If a thread cannot load the module. That is not the fault of a trial: none is told
 * to have failed, and a later session runs what is left.
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

/** Checks what plain JavaScript may pass. */
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

/** Threads are loaded only where they are used. */
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
  /** Those that wait for another one's job to end. */
  #waiting: (() => void)[] = [];
  #stopped = false;
  #error: unknown;

  constructor(study: Study<C>, options: RunStudyOptions<C>) {
    this.#study = study;
    this.#onEnd = options.onEnd;
  }

  /** Ends the search: running jobs are given up. */
  stop(): void {
    this.#stopped = true;
    for (const worker of this.#running) void worker.cancel();
    this.#wake();
  }

  /** Gives a worker jobs until there is nothing more to do. */
  async serve(worker: StudyWorker<C>, name: string): Promise<void> {
    while (!this.#stopped) {
      // Before a job is taken: one that nobody could run would be lost to its trial.
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
      // It is not an error that one was ended while it started.
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
    // A job that was given up is told by nobody: the next session runs it again.
    if (this.#stopped) return;
    try {
      this.#study.tell(job, end.result ?? { error: end.error });
      this.#onEnd?.(end);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Says now and then that the job is being worked on, and gives it up where it is not wanted. */
  #watch(
    worker: StudyWorker<C>,
    job: Job<C>,
  ): ReturnType<typeof setInterval> {
    return setInterval(() => {
      if (!this.#study.extend(job)) void worker.cancel();
    }, Math.min(this.#study.heartbeat, 2 ** 31 - 1));
  }

  /** Whoever waits asks again; on the next turn, so that one crash does not starve the loop. */
  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const done of waiting) setTimeout(done, 0);
  }
}
