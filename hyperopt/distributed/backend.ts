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

/**
 * The journal of a search: an ordered log that alone decides which trials are done. The queue is only a hint at
 * the jobs that remain.
 */
export interface SearchJournal {
  /**
   * Appends an entry durably. Of several entries with one key, the first one counts; a backend may drop the
   * later ones or leave that to the reader.
   *
   * @param key The key.
   * @param value The value.
   */
  append(key: string, value: string): Promise<void>;
  /**
   * Reads the entries after another one.
   *
   * @param after The sequence of the last known entry; 0 at the start.
   * @param options How long to wait for an entry.
   * @returns the entries after it, in order; an empty array if none came in time.
   */
  read(
    after: number,
    options: WaitOptions,
  ): Promise<readonly JournalEntry[]>;
}

/**
 * The connection of one rank to one distributed search: a queue with leases and a journal, which all ranks share.
 *
 * It needs only what both BullMQ and NATS JetStream have. Publish: `Queue.add` with a job id;
 * `publish` to a subject for each job, in a work queue with one message per subject. Take: `Worker.getNextJob`;
 * `fetch` of a pull consumer. Lease: `lockDuration` and stalled jobs; `ack_wait` and redelivery. Extend: `extendLock`; `working`. Ack:
 * `moveToCompleted`; `ackAck`. Journal: a Redis stream or a Postgres table; a second stream.
 */
export interface SearchBackend {
  /** The id of the search, the same on every rank. */
  readonly searchId: string;
  /** The milliseconds that a lease lasts unless it is renewed. */
  readonly lease: number;
  /** The journal of the search. */
  readonly journal: SearchJournal;
  /**
   * Puts a job into the queue, unless a job of this id is in it, taken or not. A job that was acked can be
   * published again: its result is in the journal, so it does not run twice.
   *
   * @param job The job.
   */
  publish(job: QueuedJob): Promise<void>;
  /**
   * Takes a job: no other rank gets it while the lease lasts. A job whose lease ran out can be taken again.
   *
   * @param options How long to wait for a job.
   * @returns the job; `undefined` if none came in time.
   */
  take(options: WaitOptions): Promise<LeasedJob | undefined>;
  /** Closes the connection. Other ranks get the jobs that this one holds when their leases run out. */
  close(): Promise<void>;
}
