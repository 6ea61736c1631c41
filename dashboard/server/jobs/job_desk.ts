/** Takes jobs, and keeps the newest answers. */
import { clearTimeout, setTimeout } from "node:timers";
import { jsonText } from "../../../internal/json_text.ts";
import type { Source } from "../source.ts";
import { AnswerError } from "../reply.ts";
import { NoThreadError } from "../threads.ts";
import { interrupted, JobThread } from "./job_thread.ts";
import { type JobInput, type JobName, JOBS } from "./jobs.ts";
import { left, Question } from "./question.ts";
import { Turns } from "./turns.ts";

/** The most runs that a job reads in its thread. */
const MOST_RUNS = 10_000;

/** The same without a thread: other requests wait meanwhile. The answers say how many runs were not read. */
const MOST_RUNS_HERE = 200;

/** The most answers that are kept, and their characters. */
const [MOST_ANSWERS, MOST_CHARACTERS] = [32, 16_000_000];

/** The most jobs at a time, so that a page with a thousand links to `Why` cannot keep the thread busy for hours. */
const MOST_JOBS = 16;

/** Milliseconds after which a thread that has nothing to do ends, because it takes memory. */
const IDLE = 10_000;

/** Milliseconds for which a job goes on that nobody waits for. */
const GRACE = 500;

/** A thread that does one job at a time. */
export type JobWorker = Pick<JobThread, "isEnded" | "run" | "close">;

/** How jobs are done. */
export interface JobDeskOptions {
  readonly source: Source;
  readonly dbPath: string;
  readonly onWarning: (line: string) => void;
  /** Whether there is a thread. @default {true} */
  readonly hasThread?: boolean;
  /** Starts a thread. */
  readonly startThread?: (
    ...args: ConstructorParameters<typeof JobThread>
  ) => JobWorker;
  /** Milliseconds for which a job goes on that nobody waits for. @default {500} */
  readonly grace?: number;
}

/** The desk. */
export class JobDesk {
  readonly #options: JobDeskOptions;
  /** Questions by what was asked and the state of the file; those that are not answered are among them. */
  readonly #questions = new Map<string, Question>();
  /** The characters of the answers that are done. */
  readonly #sizes = new Map<string, number>();
  readonly #turns = new Turns();
  #thread: JobWorker | undefined;
  #hasThread: boolean;
  /** Identifies the file. */
  #identity: string | undefined;
  #running = 0;
  #idle: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  /** Makes it; a thread starts with the first job. */
  constructor(options: JobDeskOptions) {
    this.#options = options;
    this.#hasThread = options.hasThread ?? true;
  }

  /**
   * Does a job, or returns the answer that there is, as long as the file has not changed. A job that nobody waits for
   * any more is given up.
   *
   * @param signal Is aborted when the one who asks leaves.
   * @throws {AnswerError} If there are too many jobs already, or the one who asks leaves.
   */
  async answer(
    name: JobName,
    input: JobInput,
    signal?: AbortSignal,
  ): Promise<string> {
    const state = await this.#options.source.state();
    if (signal?.aborted) throw left();
    this.#follow(state.split(" ")[0]);
    const key = JSON.stringify([state, name, input]);
    const known = this.#questions.get(key);
    if (known === undefined && this.#running >= MOST_JOBS) {
      throw new AnswerError(
        "full",
        `Cannot answer yet: ${MOST_JOBS} other questions are being answered; ask again later`,
      );
    }
    const question = known ?? this.#ask(key, name, input);
    // What was asked for last is the last to go.
    this.#questions.delete(key);
    this.#questions.set(key, question);
    return await question.wait(signal);
  }

  /** Ends the thread. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#idle);
    await this.#thread?.close();
    this.#thread = undefined;
  }

  #ask(key: string, name: JobName, input: JobInput): Question {
    const question = new Question({
      work: (signal, begin) => this.#run(name, input, { signal, begin }),
      grace: this.#options.grace ?? GRACE,
      // Who asks the same from now on must not get what is given up.
      onGivenUp: () => this.#drop(key, question),
    });
    question.answer.then((text) => {
      if (this.#questions.get(key) !== question) return;
      this.#sizes.set(key, text.length);
      this.#trim();
    }, () => this.#drop(key, question));
    return question;
  }

  async #run(
    name: JobName,
    input: JobInput,
    { signal, begin }: {
      readonly signal: AbortSignal;
      readonly begin: () => void;
    },
  ): Promise<string> {
    clearTimeout(this.#idle);
    this.#running++;
    const identity = this.#identity;
    try {
      const end = await this.#turns.take(signal);
      try {
        signal.throwIfAborted();
        // Another file would answer another question.
        if (this.#isClosed || this.#identity !== identity) throw interrupted();
        begin();
        const answer = await this.#inThread(name, input, signal);
        if (answer !== undefined) return answer;
        // Without a thread, all others wait for it.
        signal.throwIfAborted();
        return await this.#here(name, input);
      } finally {
        end();
      }
    } finally {
      this.#running--;
      if (this.#running === 0 && !this.#isClosed) {
        this.#idle = setTimeout(() => this.#rest(), IDLE);
        this.#idle.unref();
      }
    }
  }

  /** `undefined` if there is no thread. */
  async #inThread(
    name: JobName,
    input: JobInput,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    if (!this.#hasThread) return undefined;
    try {
      return await this.#threadNow().run(name, input, signal);
    } catch (error) {
      if (!(error instanceof NoThreadError) || this.#isClosed) throw error;
      this.#hasThread = false;
      return undefined;
    }
  }

  #threadNow(): JobWorker {
    if (this.#thread?.isEnded === false) return this.#thread;
    const {
      dbPath,
      onWarning,
      startThread = (...args) => new JobThread(...args),
    } = this.#options;
    return this.#thread = startThread({ dbPath, limit: MOST_RUNS }, onWarning);
  }

  async #here(name: JobName, input: JobInput): Promise<string> {
    const finder = await this.#options.source.finder();
    return jsonText(await JOBS[name](input, { finder, limit: MOST_RUNS_HERE }));
  }

  /** A thread has the file open: if another file has taken its place, another thread reads that one. */
  #follow(identity: string | undefined): void {
    if (identity !== this.#identity) this.#rest();
    this.#identity = identity;
  }

  #rest(): void {
    const thread = this.#thread;
    this.#thread = undefined;
    void thread?.close();
  }

  #trim(): void {
    let characters = [...this.#sizes.values()].reduce((sum, n) => sum + n, 0);
    for (const [key, question] of this.#questions) {
      if (
        this.#questions.size <= MOST_ANSWERS && characters <= MOST_CHARACTERS
      ) return;
      characters -= this.#sizes.get(key) ?? 0;
      this.#drop(key, question);
    }
  }

  #drop(key: string, question: Question): void {
    if (this.#questions.get(key) !== question) return;
    this.#questions.delete(key);
    this.#sizes.delete(key);
  }
}
