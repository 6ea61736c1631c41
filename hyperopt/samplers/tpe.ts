import type { Known } from "../../internal/known_options.ts";
import { checkMethods, checkSettings, SPACE } from "../_settings.ts";
import type { Space } from "../spaces/space.ts";
import { Tpe } from "./_tpe.ts";
import type { Sampler } from "./sampler.ts";

/** Options for {@linkcode tpeSampler}. */
export interface TpeOptions {
  /**
   * The number of trials that end before the model is used; until then points are random.
   *
   * @default {10}
   */
  readonly startup?: number;
  /**
   * The number of points that are drawn from the density of the good trials; the most promising one is used.
   *
   * @default {24}
   */
  readonly candidates?: number;
  /**
   * The share of the trials that count as good, rounded up, from 60 trials on. Of up to 30 trials it is half of
   * that, and between 30 and 60 it grows.
   *
   * @default {0.15}
   */
  readonly goodShare?: number;
  /**
   * The share of trials that get a random point after the startup, too.
   *
   * @default {0}
   */
  readonly randomShare?: number;
  /**
   * The number of measured trials that a fidelity needs so that it counts.
   *
   * @default {5}
   */
  readonly leastPoints?: number;
}

/** The options of TPE and BOHB. */
export const TPE_SETTINGS: Known<TpeOptions> = {
  startup: true,
  candidates: true,
  goodShare: true,
  randomShare: true,
  leastPoints: true,
};

/**
 * The tree-structured Parzen estimator (TPE): splits the trials into good and bad ones, models the density of
 * each, and uses the point at which the ratio of the good density to the bad one is greatest.
 *
 * The densities are multivariate: each trial has one kernel over all parameters, so parameters that work
 * together are kept together. Better trials weigh more. Failed trials (also NaN) count as bad, and so do
 * running trials ("constant liar"), so parallel workers do not try the same. A parameter that exists only
 * under some choice is drawn only there, from the trials that have it.
 *
 * Where a scheduler compares trials at several fidelities, points are random until two fidelities have results.
 * Then each fidelity has a model of its own, and it is measured how well this model ranks the trials that went far:
 * each of them by a model that has not seen it. Models count by this skill, and choose only that share of the points;
 * where they have none, points are those of random search. Of the points of the models, two of three are the most
 * promising of a few uniform ones, and each third is the most promising of some that are drawn near the good trials of
 * the greatest fidelity. All points are as far from known ones as evenly spread points would be: points close to the
 * best trial win every promotion of their bracket, and say nothing new.
 *
 * A point without floats that was tried before is skipped while there is another candidate.
 *
 * Sources: J. Bergstra, R. Bardenet, Y. Bengio and B. Kégl, Algorithms for Hyper-Parameter Optimization,
 * NeurIPS 2011; S. Watanabe, Tree-Structured Parzen Estimator: Understanding Its Algorithm Components and
 * Their Roles for Better Empirical Performance, arXiv:2304.11127 (2023).
 *
 * @param space The space to sample from.
 * @param options The startup, the candidates and the shares.
 * @returns a sampler that never runs out.
 * @throws {RangeError} If an option is out of range.
 *
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
    leastPoints: 5,
    ...options,
  });
}
