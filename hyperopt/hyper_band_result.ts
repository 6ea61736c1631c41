import type { FailedTrial } from "./errors.ts";

/** A config of the log, with its metric. */
export type LoggedConfig<C> = C & {
  /** What the objective returned; NaN where it failed. */
  readonly __metric__: number;
};

/** What a {@linkcode HyperBand} found. */
export interface HyperBandResult<C> {
  /** The best config, as it ran last. */
  readonly config: LoggedConfig<C>;
  /** What it reached in its last run. */
  readonly metric: number;
  /**
   * The words that set its keys on the command line: with them the script runs this trial again, and
   * nothing else.
   */
  readonly words: readonly string[];
  /**
   * The configs of each rung, the best first, then the last run of the best one. The
   * `__num_halved__` of a config that went on is that of the next rung, as in Python.
   */
  readonly logs: readonly (readonly LoggedConfig<C>[])[];
  /** The trials that failed. */
  readonly failures: readonly FailedTrial[];
}
