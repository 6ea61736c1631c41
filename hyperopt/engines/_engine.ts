import type { JournalEntry } from "../distributed/backend.ts";
import type { EngineError } from "./errors.ts";

/** A job as the queue of an engine gives it. */
export interface TakenJob {
  /** The id. */
  readonly id: string;
  /** The data. */
  readonly data: string;
  /** How often it was taken before. */
  readonly attempt: number;
  /** Renews the lease; resolves to whether it was held. */
  extend(): Promise<boolean>;
  /** Removes the job, if the lease is held. */
  finish(): Promise<void>;
}

/** What an error means. */
export interface Judged {
  /** Whether it is worth trying again: the connection was lost, or the engine is starting. */
  readonly again: boolean;
  /** Whether the engine answers, but is not ready yet. */
  readonly starting?: boolean;
  /** The error for the user. */
  readonly error: EngineError;
}

/** Waits for a signal of the engine. */
export interface Bell {
  /**
   * Waits until there may be something new. It can end early or late: who waits looks again.
   *
   * @param milliseconds The longest time to wait.
   * @param signal Ends the wait.
   */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>;
}

/**
 * What an engine can do for one search, over one set of connections. Every call tries once; those that change something
 * take a token, by which a call that is tried again after its answer was lost knows its own entry.
 */
export interface Engine {
  /** Appends an entry; resolves to whether the entry of the key is the one with this token. */
  append(
    journal: string,
    key: string,
    value: string,
    token: string,
  ): Promise<boolean>;
  /** Reads the entries after a sequence, in order. */
  read(
    journal: string,
    after: number,
    limit: number,
  ): Promise<readonly JournalEntry[]>;
  /** Returns the last sequence of a journal; 0 if it is empty. */
  last(journal: string): Promise<number>;
  /** Takes a lock; resolves to whether the token holds it. */
  lock(name: string, token: string): Promise<boolean>;
  /** Renews a lock; resolves to whether it was held. */
  extendLock(name: string, token: string): Promise<boolean>;
  /** Releases a lock, if the token holds it. */
  unlock(name: string, token: string): Promise<void>;
  /** Returns the engine's time, in milliseconds since 1970. */
  now(): Promise<number>;
  /** Puts a job into the queue, unless it is there. */
  publish(id: string, data: string): Promise<void>;
  /** Takes a job. */
  take(token: string): Promise<TakenJob | undefined>;
  /** Makes jobs whose lease ran out free again. */
  recover(): Promise<void>;
  /** Removes everything of the search. */
  drop(): Promise<void>;
  /** Rings when there may be a job. */
  readonly jobs: Bell;
  /** Rings when a journal has an entry. */
  readonly news: Bell;
  /** Says what an error means. */
  judge(error: unknown): Judged;
  /** Gives up connections that do not answer, so that the next call makes new ones. */
  reset(): void;
  /** Closes the connections at once. */
  close(): void;
}

/** What an engine is made with. */
export interface EngineOptions {
  /** The id of the search. */
  readonly searchId: string;
  /** The milliseconds that a lease lasts. */
  readonly lease: number;
  /** The milliseconds in which a call must be answered. */
  readonly patience: number;
  /** Is told of settings that can lose data. */
  readonly warn: (text: string) => void;
}
