import type { Known } from "../../internal/known_options.ts";
import { describe } from "../_describe.ts";
import { SearchUsageError } from "../errors.ts";
import { checkMethods, checkSettings, SPACE } from "../_settings.ts";
import type { Space } from "../spaces/space.ts";
import { GpSampler } from "./_gp_sampler.ts";
import type { Sampler } from "./sampler.ts";

/** Options for {@linkcode gaussianProcessSampler}. */
export interface GaussianProcessOptions {
  /**
   * The number of trials that end before the model is used; until then points are random.
   *
   * @default {10}
   */
  readonly startup?: number;
  /**
   * The number of results that the model uses, at least 10. If there are more, it uses the best third and the newest
   * two thirds. The time of one point grows with its square, and now and then with its cube.
   *
   * @default {300}
   */
  readonly mostPoints?: number;
}

const ACTION = "sample with a Gaussian process";

const GP_SETTINGS: Known<GaussianProcessOptions> = {
  startup: true,
  mostPoints: true,
};

/**
 * Bayesian optimization with a Gaussian process: models the loss as a smooth function with a length scale for each
 * parameter, and uses the point of the greatest expected improvement.
 *
 * It is for expensive trials: it needs the fewest trials on smooth losses of few parameters, and milliseconds to
 * tenths of a second for each point. The kernel is Matérn 5/2 with noise; its parameters are the most probable
 * ones. Losses are warped so that they are nearly normal, so their scale does not matter. Different choices have
 * equal distances, whole numbers and steps are modelled at their values, and a parameter that exists only under some
 * choice is beside all its values elsewhere.
 *
 * Failed trials count as the worst loss. Running trials count as measured with their predicted loss ("kriging
 * believer"), so parallel workers spread out. If trials are measured at several fidelities, the fidelity is one more
 * dimension, and the improvement is that at the greatest one. A point that was tried before is skipped
 * while there is another candidate.
 *
 * If there is little to improve, every second point has choices at random, and the numbers that promise most with
 * them: the best numbers of one choice are often not those of another one.
 *
 * Sources: J. Snoek, H. Larochelle and R. P. Adams, Practical Bayesian Optimization of Machine Learning Algorithms,
 * NeurIPS 2012; S. Ament et al., Unexpected Improvements to Expected Improvement for Bayesian Optimization,
 * NeurIPS 2023, for the logarithm of the improvement; E. C. Garrido-Merchán and D. Hernández-Lobato, Dealing with
 * Categorical and Integer-valued Variables in Bayesian Optimization with Gaussian Processes, Neurocomputing 380
 * (2020).
 *
 * @param space The space to sample from.
 * @param options The startup and the size of the model.
 * @returns a sampler that never runs out.
 * @throws {SearchUsageError} If an option is unknown or out of range.
 *
 * @example
 * ```ts
 * import { createRandom, defineSpace, float, gaussianProcessSampler } from "@ato/ato/hyperopt";
 * import { assert } from "@std/assert";
 *
 * const sampler = gaussianProcessSampler(defineSpace({ x: float(-5, 5) }));
 * const random = createRandom(1);
 * let best = Infinity;
 * for (let trial = 0; trial < 20; trial++) {
 *   const point = sampler.sample(trial, random.fork(trial)) ?? [];
 *   sampler.started?.(trial, point);
 *   const loss = ((point[0] ?? 0) - 2) ** 2;
 *   sampler.observe?.({ trial, point, fidelity: 1, loss });
 *   best = Math.min(best, loss);
 * }
 * assert(best < 0.001);
 * ```
 */
export function gaussianProcessSampler<C>(
  space: Space<C>,
  options: GaussianProcessOptions = {},
): Sampler {
  checkMethods(ACTION, "space", space, SPACE);
  checkSettings(ACTION, options, GP_SETTINGS);
  const { startup = 10, mostPoints = 300 } = options;
  check("startup", startup, 1);
  check("mostPoints", mostPoints, 10);
  return new GpSampler(space.dimensions, { startup, mostPoints });
}

function check(
  setting: keyof GaussianProcessOptions,
  value: unknown,
  least: number,
): void {
  if (Number.isInteger(value) && (value as number) >= least) return;
  throw new SearchUsageError(
    setting,
    `Cannot ${ACTION}: ${setting} is ${
      describe(value)
    }; give a whole number from ${least} up`,
  );
}
