/** A piece of work for whoever takes it. */
export interface QueuedJob {
  /** Names the work; publishing it again is publishing it once. Letters, digits, `-`, `_` and `.`. */
  readonly id: string;
  /** What it takes to do it, as text. */
  readonly data: string;
}

/** A job that was taken, for as long as its lease lasts. */
export interface LeasedJob extends QueuedJob {
  /** How often it was taken before, from 0. */
  readonly attempt: number;
  /**
   * Starts the lease anew: the work goes on.
   *
   * @returns whether it was still held; if not, somebody else has the job or will have it.
   */
  extend(): Promise<boolean>;
  /** Takes the job out of the queue. A lease that ran out makes it do nothing. */
  ack(): Promise<void>;
}

/** An entry of the journal. */
export interface JournalEntry {
  /** Its place in the order that all readers see, ascending from 1; there may be gaps. */
  readonly sequence: number;
  /** What it is about. */
  readonly key: string;
  /** What it says, as text. */
  readonly value: string;
}

/** How long to wait for something. */
export interface WaitOptions {
  /** Milliseconds to wait where there is nothing yet; 0 does not wait. */
  readonly wait: number;
  /** Ends the wait early; what is waited for then comes to nothing. */
  readonly signal?: AbortSignal;
}

/**
 * The one truth about a search: an ordered log. Whoever reads it from the start knows all that
 * happened; the queue is only a hint at what there is to do.
 */
export interface SearchJournal {
  /**
   * Adds an entry, durably. Of several entries of one key the first one counts; a backend may keep the
   * later ones out, or leave it to the reader.
   *
   * @param key What it is about.
   * @param value What it says.
   */
  append(key: string, value: string): Promise<void>;
  /**
   * Reads on.
   *
   * @param after The sequence of the last entry that is known; 0 at the start.
   * @param options How long to wait for a first entry.
   * @returns the entries after it, in order; none where nothing came in time.
   */
  read(
    after: number,
    options: WaitOptions,
  ): Promise<readonly JournalEntry[]>;
}

/**
 * What ranks of a distributed search share: a queue with leases, and a journal. An instance is the
 * connection of one rank to one search.
 *
 * It asks for no more than both BullMQ and NATS JetStream have. Publish: `Queue.add` with a job id;
 * `publish` to a subject of its own in a work queue with one message a subject. Take: `Worker.getNextJob`; `fetch` of a pull consumer. Lease:
 * `lockDuration` and stalled jobs; `ack_wait` and redelivery. Extend: `extendLock`; `working`. Ack:
 * `moveToCompleted`; `ackAck`. Journal: a Redis stream or a Postgres table; a second stream.
 */
export interface SearchBackend {
  /** The search, the same on every rank. */
  readonly searchId: string;
  /** Milliseconds that a lease lasts unless it is extended. */
  readonly lease: number;
  /** The journal of the search. */
  readonly journal: SearchJournal;
  /**
   * Puts a job into the queue, unless one of this id is in it, taken or not. One that was acked may
   * come in again: its result is in the journal, so nobody runs it twice.
   *
   * @param job The job.
   */
  publish(job: QueuedJob): Promise<void>;
  /**
   * Takes a job, so that nobody else gets it while the lease lasts. A job whose lease ran out comes
   * again.
   *
   * @param options How long to wait for one.
   * @returns the job, or `undefined` where none came in time.
   */
  take(options: WaitOptions): Promise<LeasedJob | undefined>;
  /** Ends the connection. Jobs that were taken come to others when their leases run out. */
  close(): Promise<void>;
}
