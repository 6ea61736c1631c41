import type { Job } from "../study/job.ts";
import {
  type ObjectiveResult,
  type StudyObjective,
  toResult,
} from "./objective.ts";
import type { StudyWorker, WorkerCalls } from "./worker.ts";

/** A worker in this thread. Several workers share the thread while their objectives wait. */
export class LocalWorker<C> implements StudyWorker<C> {
  readonly #objective: StudyObjective<C>;
  readonly #metric: string;
  #abort = new AbortController();

  constructor(objective: StudyObjective<C>, metric: string) {
    this.#objective = objective;
    this.#metric = metric;
  }

  start(): Promise<void> {
    return Promise.resolve();
  }

  async run(job: Job<C>, calls: WorkerCalls): Promise<ObjectiveResult> {
    const { signal } = this.#abort = new AbortController();
    const given = new Promise<never>((_, fail) => {
      signal.addEventListener("abort", () => fail(signal.reason));
    });
    // The job may have ended by then, and nothing awaits the promise.
    given.catch(() => {});
    const result = this.#objective(job, {
      signal,
      report: (metrics, fidelity) =>
        Promise.resolve(calls.report(metrics, fidelity)),
    });
    return toResult(await Promise.race([result, given]), this.#metric);
  }

  cancel(): Promise<void> {
    this.#abort.abort(new Error("The trial was given up"));
    return Promise.resolve();
  }

  close(): Promise<void> {
    return this.cancel();
  }
}
