/** One run of the objective. */
export interface Trial<C> {
  /** The config that it was given. */
  readonly config: C;
  /** What it returned; NaN where it failed. */
  readonly metric: number;
  /** The words that set its keys on the command line, to run it again by itself. */
  readonly words: readonly string[];
  /** Why it failed, if it did. */
  readonly error?: unknown;
}
