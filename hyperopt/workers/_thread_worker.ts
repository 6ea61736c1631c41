import { Worker } from "node:worker_threads";
import type { Job } from "../study/job.ts";
import type { FromThread, ThreadData, ToThread } from "./_messages.ts";
import type { ObjectiveResult } from "./objective.ts";
import { THREAD } from "./_thread_main.ts";
import {
  type StudyWorker,
  type WorkerCalls,
  WorkerDiedError,
} from "./worker.ts";

/** What waits for the end of a job. */
interface Pending {
  readonly calls: WorkerCalls;
  done(result: ObjectiveResult): void;
  fail(error: unknown): void;
}

/** A worker in a thread of its own: what crashes there crashes alone. */
export class ThreadWorker<C> implements StudyWorker<C> {
  readonly #data: ThreadData;
  #thread: Worker | undefined;
  #pending: Pending | undefined;

  constructor(data: Omit<ThreadData, "kind">) {
    this.#data = { ...data, kind: "ato-study" };
  }

  run(job: Job<C>, calls: WorkerCalls): Promise<ObjectiveResult> {
    // After a crash, the next job gets a new thread.
    const thread = this.#thread ??= this.#start();
    return new Promise((done, fail) => {
      this.#pending = { calls, done, fail };
      thread.postMessage({ kind: "job", job } satisfies ToThread);
    });
  }

  #start(): Worker {
    const thread = new Worker(THREAD, { workerData: this.#data });
    let cause: unknown;
    thread.on("message", (message: FromThread) => this.#hear(thread, message));
    thread.on("error", (error) => cause = error);
    thread.on("exit", (code) => {
      if (this.#thread === thread) this.#thread = undefined;
      else return;
      this.#take()?.fail(cause ?? new WorkerDiedError(code));
    });
    return thread;
  }

  #hear(thread: Worker, message: FromThread): void {
    if (thread !== this.#thread) return;
    if (message.kind === "report") {
      const { calls } = this.#pending ?? {};
      const verdict = calls?.report(message.metrics, message.fidelity) ??
        "stop";
      thread.postMessage({ kind: "verdict", verdict } satisfies ToThread);
    } else if (message.kind === "result") this.#take()?.done(message.result);
    else this.#take()?.fail(revive(message.error));
  }

  #take(): Pending | undefined {
    const pending = this.#pending;
    this.#pending = undefined;
    return pending;
  }

  async cancel(): Promise<void> {
    const thread = this.#thread;
    this.#thread = undefined;
    this.#take()?.fail(new Error("The trial was given up"));
    await thread?.terminate();
  }

  async close(): Promise<void> {
    await this.cancel();
  }
}

function revive(error: unknown): unknown {
  if (typeof error !== "object" || error === null) return error;
  const { name, message, stack } = error as Error;
  return Object.assign(new Error(message), { name, stack });
}
