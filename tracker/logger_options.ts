/**
 * What a logger can be told.
 *
 * @module
 */
import type { Driver } from "./driver.ts";

/** How a logger writes. */
export interface SQLLoggerOptions {
  /**
   * What happens when the file cannot be written: `continue` says so once on stderr and lets points
   * wait (in a spill file beside the database, in memory where that cannot be written either); `throw`
   * throws a `StorageError`.
   *
   * @default {"continue"}
   */
  readonly onError?: "continue" | "throw";
  /**
   * `normal` survives a killed process, `full` also a power cut.
   *
   * @default {"normal"}
   */
  readonly synchronous?: "normal" | "full";
  /**
   * The SQLite driver.
   *
   * @default {chosen by `ATO_SQLITE`, then by what is there and safe}
   */
  readonly driver?: Driver;
  /**
   * How many points may wait in memory, where the spill file cannot be written either.
   *
   * @default {10000}
   */
  readonly bufferSize?: number;
  /**
   * Milliseconds to wait for another writer before the file counts as not writable.
   *
   * @default {30000}
   */
  readonly busyTimeout?: number;
  /**
   * Takes the one line that says what is wrong with the file.
   *
   * @default {writes to stderr}
   */
  readonly onWarning?: (message: string) => void;
  /**
   * The wall clock, in milliseconds since 1970.
   *
   * @default {Date.now}
   */
  readonly now?: () => number;
}

/** What to record of a new run. */
export interface RunOptions {
  /** Words to find it by. */
  readonly tags?: readonly string[];
  /** A name for people. */
  readonly name?: string;
  /** Free text. */
  readonly notes?: string;
  /** The seed of its random numbers. */
  readonly seed?: number | bigint | string;
  /** The id or UUID of the run that this one came from. */
  readonly parent?: number | string;
  /**
   * Take up a run again instead of beginning one: its id or UUID, and the last step to keep. Points
   * beyond that step are superseded; nothing is deleted.
   */
  readonly resume?: { readonly run: number | string; readonly step: number };
}

/** A metric point. */
export interface MetricPointInput {
  /** The metric's name. */
  readonly key: string;
  /** Its value; NaN and the infinities are kept. */
  readonly value: number;
  /** Its step, an integer; by default the one after the greatest of its key. */
  readonly step?: number;
}

/** How a run ends. */
export interface FinishOptions {
  /**
   * The status.
   *
   * @default {"completed", or "failed" with an error}
   */
  readonly status?: "completed" | "failed" | "interrupted";
  /** The error that ended it. */
  readonly error?: unknown;
}
