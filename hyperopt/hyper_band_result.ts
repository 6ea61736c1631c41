import type { FailedTrial } from "./errors.ts";

/** A config with its metric. */
export type LoggedConfig<C> = C & {
  /** The metric that the objective returned; NaN if the trial failed. */
  readonly __metric__: number;
};

/** The result of a {@linkcode HyperBand}. */
export interface HyperBandResult<C> {
  /** The best config, as in its last run. */
  readonly config: LoggedConfig<C>;
  /** The metric of its last run. */
  readonly metric: number;
  /**
   * The words of the command line that set the keys of the best config. A script that is started with them
   * runs this trial again, and no other.
   */
  readonly words: readonly string[];
  /**
   * The configs of each rung, the best first, then the last run of the best config. A config that was kept
   * has the `__num_halved__` of the next rung, as in Python.
   */
  readonly logs: readonly (readonly LoggedConfig<C>[])[];
  /** The failed trials. */
  readonly failures: readonly FailedTrial[];
}
