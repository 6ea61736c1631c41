/** A thread that does jobs, one after the other. A job can be interrupted where it reads the file. */
import { Worker } from "node:worker_threads";
import { clearTimeout, setTimeout } from "node:timers";
import { AnswerError } from "../reply.ts";
import {
  LOADING_PATIENCE,
  NoThreadError,
  startOf,
  THREAD_LIMITS,
} from "../threads.ts";
import type { JobInput, JobName } from "./jobs.ts";
import {
  type FromThread,
  THREAD,
  type ThreadJob,
  type ThreadStart,
} from "./thread_main.ts";

/** The page asks again when it hears this. */
export function interrupted(): AnswerError {
  return new AnswerError(
    "busy",
    "Cannot answer yet: the work was interrupted; ask again",
  );
}

interface Waiting {
  done(text: string): void;
  fail(error: unknown): void;
}

/** The thread. */
export class JobThread {
  readonly #thread: Worker;
  readonly #ready = Promise.withResolvers<void>();
  readonly #waiting = new Map<number, Waiting>();
  /** The number of the job that must stop; a thread that works hears no messages. */
  readonly #stop = new Int32Array(new SharedArrayBuffer(4));
  #count = 0;
  #isEnded = false;

  /**
   * Starts it.
   *
   * @throws {NoThreadError} If this program has no address for threads to start from.
   */
  constructor(
    start: Omit<ThreadStart, "kind" | "stop">,
    onWarning: (line: string) => void,
  ) {
    const data: ThreadStart = {
      ...start,
      kind: "ato-dashboard",
      stop: this.#stop,
    };
    this.#thread = new Worker(startOf(THREAD), {
      workerData: data,
      resourceLimits: THREAD_LIMITS,
    });
    const { resolve, reject, promise } = this.#ready;
    const late = setTimeout(
      () => reject(new NoThreadError("it is not loaded")),
      LOADING_PATIENCE,
    );
    // Whoever asks for a job hears of it.
    promise.catch(() => {}).finally(() => clearTimeout(late));
    this.#thread.on("message", (message: FromThread) => {
      if (message.is === "ready") resolve();
      else if (message.is === "warning") onWarning(message.line);
      else this.#hear(message);
    });
    this.#thread.on("error", (cause) => {
      // E.g. its memory was not enough: the server does the job, with fewer runs.
      const error = new NoThreadError("it failed", { cause });
      reject(error);
      this.#end(error);
    });
    this.#thread.on("exit", () => {
      reject(new NoThreadError("it has ended"));
      this.#end(interrupted());
    });
  }

  /** Whether it takes no more jobs. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /**
   * Does a job, and returns the answer as JSON.
   *
   * @param signal Interrupts it.
   * @throws {AnswerError} If it is interrupted.
   */
  async run(
    name: JobName,
    input: JobInput,
    signal: AbortSignal,
  ): Promise<string> {
    await this.#ready.promise;
    if (this.#isEnded) throw interrupted();
    const number = ++this.#count;
    const stop = () => Atomics.store(this.#stop, 0, number);
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    try {
      return await new Promise((done, fail) => {
        this.#waiting.set(number, { done, fail });
        const job: ThreadJob = { number, name, input };
        this.#thread.postMessage(job);
      });
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  /** Ends it; jobs that are not done fail. */
  async close(): Promise<void> {
    // It may be closed before it is loaded.
    this.#ready.reject(interrupted());
    this.#end(interrupted());
    await this.#thread.terminate();
  }

  #hear(message: Extract<FromThread, { readonly number: number }>): void {
    const waiting = this.#waiting.get(message.number);
    this.#waiting.delete(message.number);
    if (message.is === "done") waiting?.done(message.text);
    else waiting?.fail(new AnswerError(message.kind, message.message));
  }

  #end(error: unknown): void {
    this.#isEnded = true;
    for (const { fail } of this.#waiting.values()) fail(error);
    this.#waiting.clear();
  }
}
