/** A run of the objective. */
export interface Trial<C> {
  /** The config that the objective was given. */
  readonly config: C;
  /** The metric that the objective returned; NaN if the trial failed. */
  readonly metric: number;
  /** The words of the command line that set the keys of the config, to run this trial alone. */
  readonly words: readonly string[];
  /** The error, if the trial failed. */
  readonly error?: unknown;
  /** The UUID of its run in a tracker's file, on this machine or another one; absent if it is not tracked. */
  readonly run?: string;
}
