/**
 * What a place must be able to do to be a hub.
 *
 * @module
 */

/** An immutable object of a store, without its content. */
export interface StoredObject {
  /** Its name: the SHA-256 of its content, in hex. */
  readonly name: string;
  /** Its size in bytes. */
  readonly size: number;
  /** When it was stored last, in milliseconds since 1970, by the clock of the store. */
  readonly at: number;
}

/** A small value that changes. */
export interface StoredRef {
  /** The value. */
  readonly value: string;
  /** How often it was set: what {@linkcode HubStore.swap} compares. */
  readonly generation: number;
}

/** What is known of a value, and for how long a change of it is waited for. */
export interface WaitOptions {
  /** The generation that is known. */
  readonly generation: number;
  /** The longest wait, in milliseconds. */
  readonly timeout: number;
  /** Ends the wait. */
  readonly signal?: AbortSignal;
}

/**
 * A place that keeps immutable objects under the SHA-256 of their content, and a few small values that change. All
 * that Ato knows of a hub's place is this interface; `tests/sync/store_contract_test.ts` says what each method promises.
 */
export interface HubStore {
  /** The address, without secrets. */
  readonly shown: string;
  /**
   * How many calls for objects are worth to be under way at once: more than one where a call mostly waits.
   *
   * @default {1}
   */
  readonly atOnce?: number;

  /** Whether anything was stored here by {@linkcode HubStore.prepare}. */
  isPrepared(): Promise<boolean>;

  /** Makes what the store needs: folders or tables. Again it changes nothing. */
  prepare(): Promise<void>;

  /**
   * Stores an object, unless it is there. When this returns, a power cut does not lose it. An object that was there
   * counts as stored now, so that `gc` leaves it alone.
   *
   * @returns whether it was stored by this call.
   */
  put(name: string, content: Uint8Array): Promise<boolean>;

  /** Returns the content of an object, which the caller checks; `undefined` if there is none. */
  get(name: string): Promise<Uint8Array | undefined>;

  /** Returns which of the objects are there. */
  has(names: readonly string[]): Promise<Set<string>>;

  /** Lists the objects whose names begin with a text, in any order. */
  list(prefix?: string): AsyncIterable<StoredObject>;

  /**
   * Removes an object, if it is there and was stored last before a time.
   *
   * @param before Milliseconds since 1970, by the clock of the store.
   * @returns whether it was removed.
   */
  remove(name: string, before: number): Promise<boolean>;

  /**
   * Removes what is no object: what clients that were killed have left. Absent where there is no such thing.
   *
   * @param before Milliseconds since 1970, by the clock of the store: what is younger may be in use.
   */
  sweep?(before: number): Promise<void>;

  /** Returns a value; `undefined` if it was never set. */
  read(ref: string): Promise<StoredRef | undefined>;

  /**
   * Sets a value, if nobody has set it since it was read.
   *
   * @param ref The name of the value.
   * @param value The value, at most 64 KiB.
   * @param generation The generation that was read; 0 if it was never set.
   * @returns whether it was set.
   */
  swap(ref: string, value: string, generation: number): Promise<boolean>;

  /**
   * Waits until a value may have changed.
   *
   * @param ref The name of the value.
   * @param options What is known, and for how long.
   */
  wait(
    ref: string,
    options: WaitOptions,
  ): Promise<void>;

  /** The time of the store, in milliseconds since 1970. */
  now(): Promise<number>;

  /** Ends the connection. */
  close(): Promise<void>;
}
