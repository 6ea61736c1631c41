/** A job in the queue. */
export interface QueuedJob {
  /** The id of the job: letters, digits, `-`, `_` and `.`. Publishing an id again changes nothing. */
  readonly id: string;
  /** The data of the job, as a string. */
  readonly data: string;
}

/** A job that a rank holds while its lease lasts. */
export interface LeasedJob extends QueuedJob {
  /** How often it was taken before, from 0. */
  readonly attempt: number;
  /**
   * Renews the lease while the work continues.
   *
   * @returns whether the lease was still held; if not, another rank has the job or will get it.
   */
  extend(): Promise<boolean>;
  /** Removes the job from the queue. If the lease ran out, it does nothing. */
  ack(): Promise<void>;
}

/** An entry of the journal. */
export interface JournalEntry {
  /** Its place in the order that all readers see; ascending from 1, with gaps allowed. */
  readonly sequence: number;
  /** The key. */
  readonly key: string;
  /** The value, as a string. */
  readonly value: string;
}

/** Options for waiting. */
export interface WaitOptions {
  /** The milliseconds to wait if there is nothing yet; with 0 it does not wait. */
  readonly wait: number;
  /**
   * Ends the wait early, with nothing.
   *
   * @default {none}
   */
  readonly signal?: AbortSignal;
}

/** Options for reading a journal. */
export interface ReadOptions extends WaitOptions {
  /**
   * The most entries to return.
   *
   * @default {all}
   */
  readonly limit?: number;
}

/**
 * A journal of a search: an ordered log that every connection sees in the same order. What is decided is in a
 * journal; the queue is only a hint at the jobs that remain.
 */
export interface SearchJournal {
  /**
   * Appends an entry durably, unless the journal has an entry of this key. So whoever appends first decides, and
   * a process that wakes after another one took its place is told.
   *
   * @param key The key.
   * @param value The value.
   * @returns whether it was appended; if not, the earlier entry of its key counts.
   */
  append(key: string, value: string): Promise<boolean>;
  /**
   * Reads the entries after another one.
   *
   * @param after The sequence of the last known entry; 0 at the start.
   * @param options How long to wait for an entry, and how many to return.
   * @returns the entries after it, in order; an empty array if none came in time.
   */
  read(
    after: number,
    options: ReadOptions,
  ): Promise<readonly JournalEntry[]>;
}

/** A lock that is held until its lease runs out. */
export interface HeldLock {
  /**
   * Renews the lease.
   *
   * @returns whether the lock was still held; if not, another connection may hold it.
   */
  extend(): Promise<boolean>;
  /** Releases the lock. If the lease ran out, it does nothing. */
  release(): Promise<void>;
}

/**
 * The connection of one process to one distributed search: a queue with leases, journals and locks, which all
 * processes share. All leases are by the clock of the engine, so the clocks of the machines need not agree.
 *
 * It needs only what BullMQ and NATS JetStream have. Publish: `Queue.add` with a job id; a message of a subject for each
 * job, in a work queue. Take: `Worker.getNextJob`; a pull from a consumer, and a message that says who has the job,
 * stored by compare and swap. Lease: `lockDuration` and stalled jobs; the server's time of that message, and redelivery
 * after `ack_wait`. Extend: `extendLock`; the message is replaced. Ack: `moveToCompleted`; the message is removed, then
 * the job. Journal: a list of Redis or a table of Postgres; a stream. Lock: a key with an expiry, a row; a message like
 * that of a job.
 */
export interface SearchBackend {
  /** The id of the search, the same in every process. */
  readonly searchId: string;
  /** The milliseconds that a lease lasts unless it is renewed. */
  readonly lease: number;
  /** The journal of the search; the one that has no name. */
  readonly journal: SearchJournal;
  /**
   * Returns another journal of the search.
   *
   * @param name Its name: letters and digits.
   */
  journalNamed(name: string): SearchJournal;
  /**
   * Takes a lock, unless another connection holds it. A lock says who should act, not who may: a process that was
   * frozen does not know that its lease ran out. What must happen once is made safe by the keys of a journal.
   *
   * @param name Its name: letters and digits.
   * @returns the lock; `undefined` if it is held.
   */
  lock(name: string): Promise<HeldLock | undefined>;
  /** Returns the time of the engine's clock, in milliseconds since 1970. */
  now(): Promise<number>;
  /**
   * Puts a job into the queue, unless a job of this id is in it, taken or not. A job that was acked can be
   * published again: its result is in the journal, so it does not run twice.
   *
   * @param job The job.
   */
  publish(job: QueuedJob): Promise<void>;
  /**
   * Takes a job: no other process gets it while the lease lasts. A job whose lease ran out can be taken again.
   *
   * @param options How long to wait for a job.
   * @returns the job; `undefined` if none came in time.
   */
  take(options: WaitOptions): Promise<LeasedJob | undefined>;
  /** Removes the search from the engine: its jobs, journals and locks. */
  drop(): Promise<void>;
  /** Closes the connection. Others get the jobs and locks that this one holds when their leases run out. */
  close(): Promise<void>;
}
