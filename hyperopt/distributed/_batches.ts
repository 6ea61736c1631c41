import { SearchUsageError } from "../errors.ts";
import type { Trial } from "../trial.ts";
import type { LeasedJob, SearchBackend } from "./backend.ts";
import { EngineClock } from "./_engine_clock.ts";
import {
  decode,
  decodeTrial,
  DONE,
  encode,
  encodeTrial,
  OPENED,
} from "./_messages.ts";
import { runLeased } from "./_run_leased.ts";
import { SearchCopy } from "./_search_copy.ts";
import { SearchLog } from "./_search_log.ts";

/** Options for {@linkcode Batches}. */
export interface RankOptions {
  readonly rank: number;
  readonly worldSize: number;
  readonly backend: SearchBackend;
  readonly maxAttempts: number;
  /** The settings that all ranks must share. */
  readonly settings: string;
  /** The search in the file of this rank, if it has one. */
  readonly copy?: SearchCopy;
}

/** The milliseconds that a rank waits for the rank whose turn it is to publish. */
const GRACE = 100;

/** Runs the trial of a config on this rank. */
export type RunHere = (config: object) => Promise<Trial<object>>;

/**
 * Runs batches of configs together with other ranks. Every rank goes through the same batches, since each uses
 * the results in the journal. So no rank depends on another: the others run the trials of a rank that is late
 * or died.
 */
export class Batches {
  readonly #options: RankOptions;
  readonly #log: SearchLog;
  readonly #clock: EngineClock;
  #batch = 0;

  constructor(options: RankOptions) {
    this.#options = options;
    this.#log = new SearchLog(options.backend.journal);
    this.#clock = new EngineClock(options.backend);
  }

  /** Checks that all ranks have the same settings, and makes the search one that can be kept. */
  async #begin(): Promise<void> {
    const { settings, backend, copy } = this.#options;
    if (await this.#agree("settings", settings) !== settings) {
      throw new SearchUsageError(
        "backend",
        `Cannot take part in the search ${backend.searchId}: its space or its settings differ from ` +
          "those of this rank; start all ranks from the same script, or choose another search id",
      );
    }
    if (copy === undefined) return;
    await this.#agree(OPENED, SearchCopy.opening(this.#clock.now()));
  }

  /** Appends an entry, and waits for the one of its key that counts. */
  async #agree(key: string, value: string): Promise<string> {
    await this.#log.append(key, value);
    for (;;) {
      const agreed = this.#log.get(key);
      if (agreed !== undefined) return agreed;
      await this.#read(this.#options.backend.lease);
    }
  }

  /** Reads new entries, also for the file of this rank. */
  async #read(wait: number, signal?: AbortSignal): Promise<void> {
    await this.#log.read(wait, signal);
    this.#options.copy?.follow(this.#log);
  }

  /** Runs configs, here or on other ranks; returns their trials, in order. */
  async run(
    configs: readonly object[],
    runHere: RunHere,
  ): Promise<readonly Trial<object>[]> {
    try {
      return await this.#run(configs, runHere);
    } catch (error) {
      this.#options.copy?.close();
      throw error;
    }
  }

  async #run(
    configs: readonly object[],
    runHere: RunHere,
  ): Promise<readonly Trial<object>[]> {
    const batch = this.#batch++;
    await this.#clock.sync();
    if (batch === 0) await this.#begin();
    const ids = configs.map((_, i) => `${batch}.${i}`);
    await this.#read(0);
    await this.#options.copy?.begin(
      configs.map((config, i) => [ids[i]!, config]),
      this.#log,
    );
    // The ranks publish in turn. If the rank whose turn it is does not, the others do after a while.
    const { worldSize, rank, backend } = this.#options;
    let patience = batch % worldSize === rank ? 0 : GRACE;
    let idleSince = performance.now();
    while (ids.some((id) => this.#log.get(id) === undefined)) {
      const left = idleSince + patience - performance.now();
      if (left > 0) {
        if (await this.#work(left, runHere)) idleSince = performance.now();
        continue;
      }
      // Again after a lease without work: the queue may have lost jobs.
      await this.#publish(ids, configs);
      patience = backend.lease;
      idleSince = performance.now();
    }
    return ids.map((id, i) => decodeTrial(this.#log.get(id)!, configs[i]!));
  }

  /** Says in the journal that there are no further batches. */
  async end(): Promise<void> {
    const { copy } = this.#options;
    const end = encode({ at: this.#clock.now() });
    if (copy === undefined) return void await this.#log.append(DONE, end);
    try {
      await this.#agree(DONE, end);
      await copy.end(this.#log);
    } finally {
      copy.close();
    }
  }

  async #publish(
    ids: readonly string[],
    configs: readonly object[],
  ): Promise<void> {
    for (const [i, id] of ids.entries()) {
      if (this.#log.get(id) !== undefined) continue;
      const data = encode(plain(configs[i]!));
      await this.#options.backend.publish({ id, data });
    }
  }

  /** Does a job, or waits for news; returns whether it did a job. */
  async #work(wait: number, runHere: RunHere): Promise<boolean> {
    const { backend } = this.#options;
    const news = new AbortController();
    const options = { wait, signal: news.signal };
    // The first of the two to end ends the other one.
    const [job] = await Promise.all([
      backend.take(options).finally(() => news.abort()),
      this.#read(wait, news.signal).finally(() => news.abort()),
    ]);
    if (job === undefined) return false;
    // Another rank may have done it, whose lease ran out before the job left the queue.
    await this.#read(0);
    if (this.#log.get(job.id) === undefined) await this.#do(job, runHere);
    await job.ack();
    return true;
  }

  async #do(job: LeasedJob, runHere: RunHere): Promise<void> {
    const { backend, maxAttempts } = this.#options;
    const config = decode(job.data) as object;
    const from = this.#clock.now();
    const trial = job.attempt < maxAttempts
      ? await runLeased(job, backend.lease, () => runHere(config))
      : { config, words: [], metric: NaN, error: lost(job.attempt) };
    // Before the job leaves the queue: if this rank dies in between, the trial runs again, but is not lost.
    const span = { from, to: this.#clock.now() };
    await this.#log.append(job.id, encodeTrial(trial, span));
    await this.#read(0);
  }
}

function lost(attempts: number): Error {
  return new Error(
    `Cannot finish the trial: ${attempts} ranks that took it died; run it alone to find out why`,
  );
}

/** Returns the data of a config. */
function plain(config: object): object {
  return "toObject" in config && typeof config.toObject === "function"
    ? config.toObject()
    : config;
}
