/** Takes jobs, and keeps the newest answers. */
import { clearTimeout, setTimeout } from "node:timers";
import { jsonText } from "../../../internal/json_text.ts";
import type { Source } from "../source.ts";
import { JobThread, NoThreadError } from "./job_thread.ts";
import { type JobInput, type JobName, JOBS } from "./jobs.ts";

/** The most runs that a job reads in its thread. */
const MOST_RUNS = 10_000;

/** The same without a thread: other requests wait meanwhile. The answers say how many runs were not read. */
const MOST_RUNS_HERE = 200;

/** The most answers that are kept, and their characters. */
const [MOST_ANSWERS, MOST_CHARACTERS] = [32, 16_000_000];

/** Milliseconds after which a thread that has nothing to do ends, because it takes memory. */
const IDLE = 10_000;

/** How jobs are done. */
export interface JobDeskOptions {
  readonly source: Source;
  readonly dbPath: string;
  readonly onWarning: (line: string) => void;
  /** Whether there is a thread. @default {true} */
  readonly hasThread?: boolean;
}

/** The desk. */
export class JobDesk {
  readonly #options: JobDeskOptions;
  /** Answers as JSON, by what was asked and the state of the file; those that are not done are among them. */
  readonly #answers = new Map<string, Promise<string>>();
  /** The characters of the answers that are done. */
  readonly #sizes = new Map<string, number>();
  #thread: JobThread | undefined;
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

  /** Does a job, or returns the answer that there is, as long as the file has not changed. */
  async answer(name: JobName, input: JobInput): Promise<string> {
    const state = await this.#options.source.state();
    this.#follow(state.split(" ")[0]);
    const key = JSON.stringify([state, name, input]);
    const known = this.#answers.get(key);
    // What was asked for last is the last to go.
    this.#answers.delete(key);
    const answer = known ?? this.#run(name, input);
    this.#answers.set(key, answer);
    try {
      this.#sizes.set(key, (await answer).length);
    } catch (error) {
      this.#drop(key);
      throw error;
    }
    this.#trim();
    return await answer;
  }

  /** Ends the thread. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#idle);
    await this.#thread?.close();
    this.#thread = undefined;
  }

  async #run(name: JobName, input: JobInput): Promise<string> {
    clearTimeout(this.#idle);
    this.#running++;
    try {
      return await this.#inThread(name, input) ?? await this.#here(name, input);
    } finally {
      this.#running--;
      if (this.#running === 0 && !this.#isClosed) {
        this.#idle = setTimeout(() => this.#rest(), IDLE);
        this.#idle.unref();
      }
    }
  }

  /** `undefined` if there is no thread. */
  async #inThread(name: JobName, input: JobInput): Promise<string | undefined> {
    if (!this.#hasThread) return undefined;
    const { dbPath, onWarning } = this.#options;
    try {
      if (this.#thread?.isEnded !== false) {
        const start = { dbPath, limit: MOST_RUNS };
        this.#thread = new JobThread(start, onWarning);
      }
      return await this.#thread.run(name, input);
    } catch (error) {
      if (!(error instanceof NoThreadError) || this.#isClosed) throw error;
      this.#hasThread = false;
      return undefined;
    }
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
    for (const [key] of this.#answers) {
      if (
        this.#answers.size <= MOST_ANSWERS && characters <= MOST_CHARACTERS
      ) return;
      characters -= this.#sizes.get(key) ?? 0;
      this.#drop(key);
    }
  }

  #drop(key: string): void {
    this.#answers.delete(key);
    this.#sizes.delete(key);
  }
}
