import { markForUser, messageOf, UserError } from "../internal/errors.ts";

/** A failed trial. */
export interface FailedTrial {
  /** The trial's config. */
  readonly config: unknown;
  /** The error that the objective threw, or why the value that it returned is not a metric. */
  readonly error: unknown;
}

/**
 * All trials of a search failed. A single failed trial is not an error.
 *
 * @example
 * ```ts
 * import { HyperBand, float, SearchFailedError } from "@ato/ato/hyperopt";
 * import { Scope } from "@ato/ato/scope";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const scope = new Scope({ argv: [] });
 * const search = new HyperBand(scope, { lr: float(0, 1, { grid: 3 }) }, {
 *   halvingRate: 0.5,
 *   numMinSamples: 1,
 * });
 * const diverge = search.main(() => NaN);
 * assertEquals(assertThrows(diverge, SearchFailedError).trials.length, 3);
 * ```
 */
export class SearchFailedError extends UserError {
  /** The trials, each with its error. */
  readonly trials: readonly FailedTrial[];

  /**
   * Makes the error for the trials of a search.
   *
   * @param trials The trials, in the order in which they ran.
   */
  constructor(trials: readonly FailedTrial[]) {
    const cause = trials[0]?.error;
    super(
      `Cannot find the best config: all ${trials.length} trials failed, the first because: ` +
        `${messageOf(cause)}; run one trial alone to find out why`,
      { cause },
    );
    this.name = "SearchFailedError";
    this.trials = trials;
  }
}

/**
 * A search cannot work with its options or its search space.
 *
 * @example
 * ```ts
 * import { HyperBand, float, SearchUsageError } from "@ato/ato/hyperopt";
 * import { Scope } from "@ato/ato/scope";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const error = assertThrows(
 *   () =>
 *     new HyperBand(new Scope(), { lr: float(0, 1, { grid: 3 }) }, {
 *       halvingRate: 3,
 *       numMinSamples: 1,
 *     }),
 *   SearchUsageError,
 * );
 * assertEquals(error.setting, "halvingRate");
 * ```
 */
export class SearchUsageError extends RangeError {
  /** The option or the key path that the error is about. */
  readonly setting: string;

  /**
   * Makes the error for an option.
   *
   * @param setting The option or the key path.
   * @param message The whole message.
   * @param options The cause.
   */
  constructor(setting: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "SearchUsageError";
    markForUser(this);
    this.setting = setting;
  }
}
