import { clearTimeout, setTimeout } from "node:timers";
import { Worker } from "node:worker_threads";
import type { Job } from "../study/job.ts";
import { endsWithin, type PlainReason, toReason } from "./_give_up.ts";
import type { FromThread, ThreadData, ToThread } from "./_messages.ts";
import type { ObjectiveResult } from "./objective.ts";
import { THREAD } from "./_thread_main.ts";
import {
  type StudyWorker,
  type WorkerCalls,
  WorkerDiedError,
  WorkerStartError,
} from "./worker.ts";

/** How long is waited for a thread, in milliseconds. */
export interface ThreadTimes {
  /** Until it has loaded the objective. */
  readonly patience: number;
  /** Until its objective has ended, when the job is given up. */
  readonly grace: number;
}

/** The callbacks of a running job. */
interface Pending {
  readonly calls: WorkerCalls;
  /** Resolves when the thread has answered, or has died. */
  readonly ended: Promise<void>;
  /** Why the job is given up. */
  reason?: PlainReason;
  done(result: ObjectiveResult): void;
  fail(error: unknown): void;
}

/** The callbacks of a thread that starts. */
interface Starting {
  done(): void;
  fail(error: unknown): void;
}

/** A worker in a thread of its own: a crash there does not end the search. */
export class ThreadWorker<C> implements StudyWorker<C> {
  readonly #data: ThreadData;
  readonly #times: ThreadTimes;
  #thread: Worker | undefined;
  /** Set until the thread has loaded the objective. */
  #starting: Starting | undefined;
  #pending: Pending | undefined;

  /**
   * Makes a worker; `start` starts its thread.
   *
   * @param data The data that the thread is started with.
   * @param times How long is waited for the thread.
   */
  constructor(data: Omit<ThreadData, "kind">, times: ThreadTimes) {
    this.#data = { ...data, kind: "ato-study" };
    this.#times = times;
  }

  async start(): Promise<void> {
    if (this.#thread !== undefined) return;
    const { patience } = this.#times;
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      await new Promise<void>((done, fail) => {
        this.#starting = { done, fail };
        this.#listen(
          this.#thread = new Worker(startOf(THREAD), {
            workerData: this.#data,
          }),
        );
        const late = `it is not loaded after ${patience / 1000} s`;
        timer = patience < Infinity
          ? setTimeout(() => fail(late), Math.min(patience, 2 ** 31 - 1))
          : undefined;
      });
    } catch (cause) {
      await this.#terminate();
      throw cause instanceof GivenUpError
        ? cause
        : new WorkerStartError(this.#data.module, cause);
    } finally {
      clearTimeout(timer);
      this.#starting = undefined;
    }
  }

  run(job: Job<C>, calls: WorkerCalls): Promise<ObjectiveResult> {
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    return new Promise((done, fail) => {
      if (this.#thread === undefined) {
        return fail(new Error("Cannot run the trial: no thread is started"));
      }
      const pending: Pending = {
        calls,
        ended,
        done(result) {
          end();
          if (pending.reason === undefined) done(result);
          else fail(toReason(pending.reason));
        },
        fail(error) {
          end();
          fail(pending.reason === undefined ? error : toReason(pending.reason));
        },
      };
      this.#pending = pending;
      this.#thread.postMessage({ kind: "job", job } satisfies ToThread);
    });
  }

  #listen(thread: Worker): void {
    let cause: unknown;
    thread.on("message", (message: FromThread) => this.#hear(thread, message));
    thread.on("error", (error) => cause = error);
    thread.on("exit", (code) => {
      if (this.#thread === thread) this.#thread = undefined;
      else return;
      // In a bundle, a thread runs the whole program, and nothing in it waits for a job.
      const hint = code === 0
        ? ", as in a program that is bundled into one file"
        : "";
      this.#starting?.fail(
        cause ??
          `its thread ended with exit code ${code} while it was loaded${hint}`,
      );
      this.#fail(cause ?? new WorkerDiedError(code));
    });
  }

  #hear(thread: Worker, message: FromThread): void {
    if (thread !== this.#thread) return;
    if (message.kind === "ready") this.#starting?.done();
    else if (message.kind === "unready") {
      this.#starting?.fail(revive(message.error));
    } else if (message.kind === "report") {
      void this.#answer(thread, message);
    } else if (message.kind === "result") this.#take()?.done(message.result);
    else this.#fail(revive(message.error));
  }

  async #answer(
    thread: Worker,
    { metrics, fidelity }: Extract<FromThread, { kind: "report" }>,
  ): Promise<void> {
    try {
      const verdict = await this.#pending?.calls.report(metrics, fidelity) ??
        "stop";
      thread.postMessage({ kind: "verdict", verdict } satisfies ToThread);
    } catch (error) {
      const { name, message } = error as Error;
      const refused = { kind: "refused", error: { name, message } } as const;
      thread.postMessage(refused satisfies ToThread);
    }
  }

  #take(): Pending | undefined {
    const pending = this.#pending;
    this.#pending = undefined;
    return pending;
  }

  #fail(error: unknown): void {
    this.#take()?.fail(error);
  }

  async cancel(reason: PlainReason): Promise<void> {
    const pending = this.#pending;
    if (pending === undefined) return this.#terminate();
    if (pending.reason !== undefined) return;
    pending.reason = reason;
    this.#thread?.postMessage({ kind: "abort", reason } satisfies ToThread);
    if (await endsWithin(pending.ended, this.#times.grace)) return;
    await this.#terminate();
  }

  async #terminate(): Promise<void> {
    const thread = this.#thread;
    this.#thread = undefined;
    const error = new GivenUpError("The trial was given up");
    this.#starting?.fail(error);
    this.#fail(error);
    await thread?.terminate();
  }

  async close(): Promise<void> {
    await this.#terminate();
  }
}

/** The result is no longer wanted. */
class GivenUpError extends Error {}

/**
 * Returns the URL from which a thread starts. `node:worker_threads` accepts only files and `data:`; a `data:`
 * module can import a module from anywhere, e.g. from the registry that this package came from.
 */
function startOf(address: string | undefined): URL {
  if (address === undefined) {
    throw new TypeError(
      "this program is bundled into a script, which has no address for threads to start from",
    );
  }
  if (address.startsWith("file:")) return new URL(address);
  const text = `import ${JSON.stringify(address)};`;
  return new URL(`data:text/javascript,${encodeURIComponent(text)}`);
}

function revive(error: unknown): unknown {
  if (typeof error !== "object" || error === null) return error;
  const { name, message, stack } = error as Error;
  return Object.assign(new Error(message), { name, stack });
}
