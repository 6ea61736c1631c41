import type {
  HeldLock,
  JournalEntry,
  LeasedJob,
  QueuedJob,
  ReadOptions,
  SearchBackend,
  SearchJournal,
  WaitOptions,
} from "../distributed/backend.ts";
import type { Bell, Engine } from "./_engine.ts";
import {
  checkName,
  checkSize,
  JOB_ID,
  PLAIN_NAME,
  shorten,
} from "./_limits.ts";
import { EngineError } from "./errors.ts";
import { closedError, Persistence } from "./_persist.ts";
import { fromStored, toStored } from "./_text.ts";

/** The longest time without a look, in milliseconds: signals are lost with connections. */
const LONGEST_WAIT = 2_000;

/** The entries that are read at once. */
const PAGE = 1_000;

/** The milliseconds that dropping a search with many jobs may take. */
const DROPPING = 300_000;

/** The journal that `SearchBackend.journal` is; no other one can have this name. */
const MAIN = "";

/** Options for {@linkcode SearchConnection}. */
export interface SearchConnectionOptions {
  readonly searchId: string;
  readonly lease: number;
  readonly retry: number;
  /** The milliseconds in which a call must be answered. */
  readonly patience: number;
  /** The address, for messages. */
  readonly shown: string;
}

/** A connection to a search over an engine. */
export class SearchConnection implements SearchBackend {
  readonly searchId: string;
  readonly lease: number;
  readonly journal: SearchJournal;
  readonly #engine: Engine;
  readonly #closing = new AbortController();
  readonly #calls: Persistence;
  readonly #patience: number;
  /** When the queue is next searched for leases that ran out. */
  #recovery = 0;

  /**
   * Makes the connection.
   *
   * @param engine The engine, connected.
   * @param options The search, and how long to wait for the engine.
   */
  constructor(engine: Engine, options: SearchConnectionOptions) {
    this.searchId = options.searchId;
    this.lease = options.lease;
    this.#engine = engine;
    // Drivers notice first that nothing answers; a call can be two statements.
    this.#patience = options.patience * 2;
    const closed = this.#closing.signal;
    this.#calls = new Persistence(engine, {
      ...options,
      patience: this.#patience,
      closed,
    });
    this.journal = this.#journal(MAIN);
  }

  journalNamed(name: string): SearchJournal {
    checkName("journal", name, PLAIN_NAME);
    return this.#journal(name);
  }

  async lock(name: string): Promise<HeldLock | undefined> {
    checkName("lock", name, PLAIN_NAME);
    const token = crypto.randomUUID();
    const engine = this.#engine;
    if (!await this.#calls.run(() => engine.lock(name, token))) {
      return undefined;
    }
    return {
      extend: () =>
        this.#calls.run(() => engine.extendLock(name, token), this.#brief),
      release: () => this.#calls.run(() => engine.unlock(name, token)),
    };
  }

  now(): Promise<number> {
    return this.#calls.run(() => this.#engine.now());
  }

  async publish({ id, data }: QueuedJob): Promise<void> {
    checkName("job", id, JOB_ID);
    checkSize(`the data of the job ${JSON.stringify(id)}`, data);
    const stored = toStored(data);
    await this.#calls.run(() => this.#engine.publish(id, stored));
  }

  take(options: WaitOptions): Promise<LeasedJob | undefined> {
    return this.#wait(options, this.#engine.jobs, () => this.#takeNow());
  }

  async drop(): Promise<void> {
    await this.#calls.run(() => this.#engine.drop(), { patience: DROPPING });
  }

  close(): Promise<void> {
    this.#closing.abort();
    this.#engine.close();
    return Promise.resolve();
  }

  /** For how long to ask for a lease: it is over by then. */
  get #brief(): { readonly limit: number; readonly patience: number } {
    return {
      limit: this.lease,
      patience: Math.min(this.lease, this.#patience),
    };
  }

  async #takeNow(): Promise<LeasedJob | undefined> {
    await this.#recover();
    const token = crypto.randomUUID();
    const job = await this.#calls.run(() => this.#engine.take(token));
    if (job === undefined) return undefined;
    return {
      id: job.id,
      data: fromStored(job.data),
      attempt: job.attempt,
      extend: () => this.#calls.run(() => job.extend(), this.#brief),
      ack: () => this.#calls.run(() => job.finish()),
    };
  }

  /** Frees jobs of dead processes, from time to time: an engine does it only when it is asked. */
  async #recover(): Promise<void> {
    if (performance.now() < this.#recovery) return;
    this.#recovery = performance.now() + recoveryInterval(this.lease);
    await this.#calls.run(() => this.#engine.recover());
  }

  #journal(name: string): SearchJournal {
    return {
      append: (key, value) => this.#append(name, key, value),
      read: (after, options) => this.#read(name, after, options),
    };
  }

  async #append(
    journal: string,
    key: string,
    value: string,
  ): Promise<boolean> {
    checkSize("the key of an entry", key);
    const name = JSON.stringify(shorten(key));
    checkSize(`the value of the entry ${name}`, value);
    const stored = [toStored(key), toStored(value)] as const;
    const token = crypto.randomUUID();
    return await this.#calls.run(() =>
      this.#engine.append(journal, ...stored, token)
    );
  }

  async #read(
    name: string,
    after: number,
    { limit = Infinity, ...options }: ReadOptions,
  ): Promise<readonly JournalEntry[]> {
    const entries = await this.#wait(
      options,
      this.#engine.news,
      async () => {
        const found = await this.#readNow(name, after, limit);
        return found.length > 0 ? found : undefined;
      },
    );
    return entries ?? [];
  }

  async #readNow(
    name: string,
    after: number,
    limit: number,
  ): Promise<JournalEntry[]> {
    const all: JournalEntry[] = [];
    while (all.length < limit) {
      const page = Math.min(PAGE, limit - all.length);
      const last = all.at(-1)?.sequence ?? after;
      const some = await this.#calls.run(() =>
        this.#engine.read(name, last, page)
      );
      for (const { sequence, key, value } of some) {
        all.push({
          sequence,
          key: fromStored(key),
          value: fromStored(value),
        });
      }
      if (some.length < page) break;
    }
    if (all.length === 0 && after > 0) await this.#checkHistory(name, after);
    return all;
  }

  /** Notices that a journal has fewer entries than were read: a reader would wait for ever, or miss some. */
  async #checkHistory(name: string, after: number): Promise<void> {
    const last = await this.#calls.run(() => this.#engine.last(name));
    if (last >= after) return;
    throw new EngineError(
      "dropped",
      `Cannot continue the search ${
        JSON.stringify(shorten(this.searchId))
      }: its journal ends at entry ${last}, and this process ` +
        `has read ${after}; it was dropped, or its engine was restored from an older state, so start the process again`,
    );
  }

  /** Looks for something until the time is over: at each signal of the engine, and from time to time. */
  async #wait<R>(
    { wait, signal }: WaitOptions,
    bell: Bell,
    look: () => Promise<R | undefined>,
  ): Promise<R | undefined> {
    const end = performance.now() + wait;
    const over = signal === undefined
      ? this.#closing.signal
      : AbortSignal.any([signal, this.#closing.signal]);
    for (;;) {
      if (this.#closing.signal.aborted) throw closedError();
      if (signal?.aborted) return undefined;
      const found = await look();
      if (found !== undefined) return found;
      const left = end - performance.now();
      if (left <= 0) return undefined;
      // A signal that came during the look wakes nobody.
      if (over.aborted) continue;
      const longest = Math.min(LONGEST_WAIT, recoveryInterval(this.lease));
      await bell.wait(
        Math.min(left, longest * (0.75 + Math.random() / 2)),
        over,
      );
    }
  }
}

/**
 * How often jobs whose lease ran out are searched, in milliseconds. A job is freed by the second search at which its
 * lease is over, so within a lease after it ended.
 *
 * @param lease The milliseconds that a lease lasts.
 */
export function recoveryInterval(lease: number): number {
  return Math.max(10, Math.floor(lease / 4));
}
