/** The files that wait to be hashed. */
import type { BigIntStats } from "node:fs";
import type { Hashed } from "../internal/hash_at_once.ts";
import type { SeenRead } from "../internal/run_inputs.ts";

/** A file that is to be hashed. */
export interface Job {
  /** The file, as it was at its first read. */
  readonly read: SeenRead;
  /** What the file system said of it when hashing it was asked for. */
  readonly stats: BigIntStats;
  /** Takes what was found. */
  readonly resolve: (result: Hashed) => void;
}

/** Jobs in their order. To shift an array of 100,000 moves all of it. */
export class Jobs {
  #jobs: Job[] = [];
  #at = 0;

  /** The number of jobs that wait. */
  get length(): number {
    return this.#jobs.length - this.#at;
  }

  /** Adds a job at the end. */
  push(job: Job): void {
    this.#jobs.push(job);
  }

  /** Takes the first one. */
  take(): Job | undefined {
    const job = this.#jobs[this.#at++];
    if (job === undefined) [this.#jobs, this.#at] = [[], 0];
    return job;
  }
}
