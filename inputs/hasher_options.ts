/**
 * How files are hashed: limits, a cache, reports.
 *
 * @module
 */
import type { HashCache } from "./hash_cache.ts";

/** Limits of hashing, so that no file keeps a run from ending. */
export interface HashLimits {
  /** The largest file that is hashed, in bytes. @default {68719476736 (64 GiB)} */
  readonly bytes?: number;
  /** The time that all hashing of a run may take, in milliseconds. @default {120000} */
  readonly milliseconds?: number;
}

/** How far hashing has come. */
export interface HashProgress {
  /** The file that is being hashed. */
  readonly path: string;
  /** Bytes hashed so far, of all files. */
  readonly done: number;
  /** Bytes of all files that are known so far. */
  readonly total: number;
  /** True in the last report: nothing is left to hash. */
  readonly isOver?: boolean;
}

/** Options for `InputHasher`. */
export interface HasherOptions {
  /** What remembers hashes; `false` for none. @default {the cache of the user} */
  readonly cache?: HashCache | false;
  /** Stops hashing; what is not hashed by then is unreadable. */
  readonly signal?: AbortSignal;
  /** Is called about four times a second while files are hashed. */
  readonly progress?: ((progress: HashProgress) => void) | undefined;
  /** The limits. */
  readonly limits?: HashLimits;
}
