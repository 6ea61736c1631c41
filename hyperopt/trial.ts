/** One run of the objective. */
export interface Trial<C> {
  /** The config that it was given. */
  readonly config: C;
  /** What it returned; NaN where it failed. */
  readonly metric: number;
  /** Why it failed, if it did. */
  readonly error?: unknown;
}
