/**
 * Options for loggers and runs.
 *
 * @module
 */
import type { Driver } from "./driver.ts";

/** Options for {@linkcode SQLLogger}. */
export interface SQLLoggerOptions {
  /**
   * What happens if the file is not writable. `continue`: one line on stderr says so, and points are
   * buffered until the file is writable (in a spill file beside the database, or in memory if the spill
   * file is not writable either). `throw`: the call throws a `StorageError`; if a heartbeat fails between
   * calls, the next call throws its error, and `finish` ends the run first.
   *
   * @default {"continue"}
   */
  readonly onError?: "continue" | "throw";
  /**
   * What a point survives after its call has returned. `normal`: a killed process; `full`: also a power
   * cut.
   *
   * @default {"normal"}
   */
  readonly synchronous?: "normal" | "full";
  /**
   * The SQLite driver.
   *
   * @default {the one that `chooseDriver` chooses}
   */
  readonly driver?: Driver;
  /**
   * The number of points that fit in memory while the spill file is not writable either.
   *
   * @default {10000}
   */
  readonly bufferSize?: number;
  /**
   * How long to wait for another writer before the file counts as not writable, in milliseconds.
   *
   * @default {30000}
   */
  readonly busyTimeout?: number;
  /**
   * Receives warnings, one line each.
   *
   * @default {writes to stderr}
   */
  readonly onWarning?: (message: string) => void;
  /**
   * Whether the program is recorded: the declarations of the script and of the local modules that it
   * reaches, the versions of packages, and the text of these files. It is read once for all runs of a thread,
   * and only as far as reading is permitted.
   *
   * @default {true}
   */
  readonly snapshot?: boolean;
  /**
   * The wall clock, in milliseconds since 1970.
   *
   * @default {Date.now}
   */
  readonly now?: () => number;
}

/** Options for a run. */
export interface RunOptions {
  /** Words by which the run can be found. */
  readonly tags?: readonly string[];
  /** Its name, which need not be unique. */
  readonly name?: string;
  /** Free text. */
  readonly notes?: string;
  /** The seed of the run's random numbers. */
  readonly seed?: number | bigint | string;
  /** The id or UUID of the run that this one is derived from. */
  readonly parent?: number | string;
  /**
   * Resumes a run instead of starting one: its id or UUID, and the last step to keep. Points beyond that
   * step are superseded; nothing is deleted.
   */
  readonly resume?: { readonly run: number | string; readonly step: number };
  /**
   * The run is that of a trial of a search, which can have several attempts, e.g. one for each rung. The run with
   * this UUID is started, or continued if the file has it. What an attempt logs counts when `finish` ends it as
   * completed: an attempt that fails, or ends with its process, changes no value of the run. With `restarts`, an
   * attempt that completes replaces what earlier attempts logged; otherwise it goes on after their last step.
   */
  readonly trial?: { readonly uuid: string; readonly restarts: boolean };
}

/** A metric point. */
export interface MetricPointInput {
  /** The metric's name. */
  readonly key: string;
  /** Its value; NaN and the infinities are kept. */
  readonly value: number;
  /** Its step, an integer; by default the one after the greatest of its metric. */
  readonly step?: number;
}

/** Options for the end of a run. */
export interface FinishOptions {
  /**
   * How the run ended.
   *
   * @default {"completed", or "failed" with an error}
   */
  readonly status?: "completed" | "failed" | "interrupted";
  /** The error that ended it. */
  readonly error?: unknown;
}
