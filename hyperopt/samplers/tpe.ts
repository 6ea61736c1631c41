import {
  checkMethods,
  checkSettings,
  type Known,
  SPACE,
} from "../_settings.ts";
import type { Space } from "../spaces/space.ts";
import { Tpe } from "./_tpe.ts";
import type { Sampler } from "./sampler.ts";

/** Settings of {@linkcode tpeSampler}. */
export interface TpeOptions {
  /**
   * How many trials are to end before the model is used; until then points are random.
   *
   * @default 10
   */
  readonly startup?: number;
  /**
   * How many points are drawn from the good ones' density, of which the most promising is taken.
   *
   * @default 24
   */
  readonly candidates?: number;
  /**
   * The share of the trials that count as good, rounded up.
   *
   * @default 0.15
   */
  readonly goodShare?: number;
  /**
   * The share of trials that get a random point also after the startup.
   *
   * @default 0
   */
  readonly randomShare?: number;
  /**
   * How many measured trials a fidelity needs for the trials to be ranked by it; the greatest fidelity that
   * has them is taken.
   *
   * @default the number of parameters plus 3
   */
  readonly leastPoints?: number;
}

/** The settings of TPE and BOHB. */
export const TPE_SETTINGS: Known<TpeOptions> = {
  startup: true,
  candidates: true,
  goodShare: true,
  randomShare: true,
  leastPoints: true,
};

/**
 * The tree-structured Parzen estimator: parts the trials into good and bad ones, models the density of each,
 * and takes the point where that of the good ones is greatest in proportion to that of the bad ones.
 *
 * The densities are multivariate: one kernel a trial over all parameters at once, so parameters that work
 * together are kept together. Better trials weigh more. Failed trials (also NaN) are bad ones, and so are
 * those that still run ("constant liar"), so parallel workers do not try the same. A parameter that exists
 * only under some choice is drawn only there, from the trials that have it.
 *
 * Where trials are measured at several fidelities, they are ranked by the greatest one that has enough of
 * them, as in BOHB, and after those the trials that did not come so far; see {@linkcode bohbSampler}. A
 * point without floats that was tried is passed over while there is another candidate.
 *
 * Sources: J. Bergstra, R. Bardenet, Y. Bengio and B. Kégl, Algorithms for Hyper-Parameter Optimization,
 * NeurIPS 2011; S. Watanabe, Tree-Structured Parzen Estimator: Understanding Its Algorithm Components and
 * Their Roles for Better Empirical Performance, arXiv:2304.11127 (2023).
 *
 * @param space what to sample from.
 * @param options startup, candidates and shares.
 * @returns a sampler that never runs out.
 * @throws {RangeError} where an option is out of its range.
 * @example
 * ```ts
 * import { createRandom, defineSpace, float, tpeSampler } from "@ato/ato/hyperopt";
 * import { assert } from "@std/assert";
 *
 * const sampler = tpeSampler(defineSpace({ x: float(-5, 5) }));
 * const random = createRandom(1);
 * let best = Infinity;
 * for (let trial = 0; trial < 60; trial++) {
 *   const point = sampler.sample(trial, random.fork(trial)) ?? [];
 *   sampler.started?.(trial, point);
 *   const loss = ((point[0] ?? 0) - 2) ** 2;
 *   sampler.observe?.({ trial, point, fidelity: 1, loss });
 *   best = Math.min(best, loss);
 * }
 * assert(best < 0.01);
 * ```
 */
export function tpeSampler<C>(
  space: Space<C>,
  options: TpeOptions = {},
): Sampler {
  checkMethods("sample with TPE", "space", space, SPACE);
  checkSettings("sample with TPE", options, TPE_SETTINGS);
  return new Tpe("tpe", space.dimensions, {
    startup: 10,
    candidates: 24,
    goodShare: 0.15,
    randomShare: 0,
    leastPoints: space.dimensions.length + 3,
    ...options,
  });
}
