/** A thread that does jobs, one after the other. */
import { Worker } from "node:worker_threads";
import { clearTimeout, setTimeout } from "node:timers";
import { AnswerError } from "../reply.ts";
import type { JobInput, JobName } from "./jobs.ts";
import {
  type FromThread,
  THREAD,
  type ThreadJob,
  type ThreadStart,
} from "./thread_main.ts";

/** There is no thread in this form of the program, e.g. in one that is bundled into a script. */
export class NoThreadError extends Error {
  override readonly name = "NoThreadError";
}

/** The page asks again when it hears this. */
function ended(): AnswerError {
  return new AnswerError(
    "busy",
    "Cannot answer yet: the work was interrupted; ask again",
  );
}

/** Milliseconds in which a thread must have loaded its modules. */
const PATIENCE = 60_000;

/** Megabytes for new objects; without a limit the engine takes 64 and more, and keeps them. */
const YOUNG = 8;

interface Waiting {
  done(text: string): void;
  fail(error: unknown): void;
}

/** The thread. */
export class JobThread {
  readonly #thread: Worker;
  readonly #ready: Promise<void>;
  readonly #waiting = new Map<number, Waiting>();
  #count = 0;
  #isEnded = false;

  /**
   * Starts it.
   *
   * @throws {NoThreadError} If this program has no address for threads to start from.
   */
  constructor(
    start: Omit<ThreadStart, "kind">,
    onWarning: (line: string) => void,
  ) {
    const data: ThreadStart = { ...start, kind: "ato-dashboard" };
    this.#thread = new Worker(startOf(THREAD), {
      workerData: data,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG },
    });
    this.#ready = new Promise((done, fail) => {
      const late = setTimeout(
        () => fail(new NoThreadError("it is not loaded")),
        PATIENCE,
      );
      this.#thread.on("message", (message: FromThread) => {
        if (message.is === "ready") done();
        else if (message.is === "warning") onWarning(message.line);
        else this.#hear(message);
        if (message.is === "ready") clearTimeout(late);
      });
      this.#thread.on("error", (cause) => {
        clearTimeout(late);
        // E.g. its memory was not enough: the server does the job, with fewer runs.
        const error = new NoThreadError("it failed", { cause });
        fail(error);
        this.#end(error);
      });
      this.#thread.on("exit", () => {
        clearTimeout(late);
        fail(this.#isEnded ? ended() : new NoThreadError("it has ended"));
        this.#end(ended());
      });
    });
    // Whoever asks for a job hears of it.
    this.#ready.catch(() => {});
  }

  /** Whether it takes no more jobs. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Does a job, and returns the answer as JSON. */
  async run(name: JobName, input: JobInput): Promise<string> {
    await this.#ready;
    return await new Promise((done, fail) => {
      if (this.#isEnded) return fail(ended());
      const number = ++this.#count;
      this.#waiting.set(number, { done, fail });
      const job: ThreadJob = { number, name, input };
      this.#thread.postMessage(job);
    });
  }

  /** Ends it; jobs that are not done fail. */
  async close(): Promise<void> {
    this.#end(ended());
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

/** `node:worker_threads` takes files and `data:` only; a `data:` module can import one from a registry. */
function startOf(address: string | undefined): URL {
  if (address === undefined) {
    throw new NoThreadError("the program is bundled into a script");
  }
  if (address.startsWith("file:")) return new URL(address);
  const text = `import ${JSON.stringify(address)};`;
  return new URL(`data:text/javascript,${encodeURIComponent(text)}`);
}
