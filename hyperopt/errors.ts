import { markForUser, messageOf, UserError } from "../internal/errors.ts";
/** A trial that gave no metric. */
export interface FailedTrial {
  /** The trial's config. */
  readonly config: unknown;
  /** What it threw, or why what it returned is no metric. */
  readonly error: unknown;
}

/**
 * A search all of whose trials failed. One failed trial is no error: it only loses.
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
  /** The trials, with the reason of each. */
  readonly trials: readonly FailedTrial[];

  /**
   * Makes the error for the trials of a search.
   *
   * @param trials The trials, in the order in which they ran.
   */
  constructor(trials: readonly FailedTrial[]) {
    const cause = trials[0]?.error;
    super(
      `Cannot name a best config: all ${trials.length} trials failed, the first because: ` +
        `${messageOf(cause)}; run one trial by itself to find out why`,
      { cause },
    );
    this.name = "SearchFailedError";
    this.trials = trials;
  }
}

/**
 * A search that is set up in a way that cannot work.
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
  /** The setting or the key path that it is about. */
  readonly setting: string;

  /**
   * Makes the error for a setting.
   *
   * @param setting The setting or the key path.
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
