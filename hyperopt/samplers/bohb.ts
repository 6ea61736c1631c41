import { checkMethods, checkSettings, SPACE } from "../_settings.ts";
import type { Space } from "../spaces/space.ts";
import { Tpe } from "./_tpe.ts";
import type { Sampler } from "./sampler.ts";
import { TPE_SETTINGS } from "./tpe.ts";

/** Options for {@linkcode bohbSampler}. */
export interface BohbOptions {
  /**
   * The number of trials that end before the model is used; until then points are random.
   *
   * @default {the number of parameters plus 3}
   */
  readonly startup?: number;
  /**
   * The number of points that are drawn from the density of the good trials; the most promising one is used.
   *
   * @default {24}
   */
  readonly candidates?: number;
  /**
   * The share of the trials that count as good, rounded up.
   *
   * @default {0.15}
   */
  readonly goodShare?: number;
  /**
   * The share of trials that get a random point after the startup, too.
   *
   * @default {1 / 3}
   */
  readonly randomShare?: number;
  /**
   * The number of measured trials that a fidelity needs so that trials are ranked by it; the greatest
   * fidelity that has them is used.
   *
   * @default {the number of parameters plus 3}
   */
  readonly leastPoints?: number;
}

/**
 * The sampler of BOHB, for Hyperband, successive halving and ASHA: the model of {@linkcode tpeSampler} at the
 * greatest fidelity that has enough measured trials, and every third point at random.
 *
 * The random share keeps the guarantee of Hyperband if low fidelities mislead. If they do not, `tpeSampler`,
 * which is the same without it, finds more. As in the paper, the model is used from `d + 3` trials on, where
 * `d` is the number of parameters.
 *
 * Unlike in the paper, trials that did not reach that fidelity are in the model, too, ranked after those that
 * did: the few trials that reach a high rung are all good, and say little about what is bad. Failed and
 * running trials count as bad, better trials weigh more, and 24 candidates are compared instead of 64, which
 * finds as much and costs less.
 *
 * Source: S. Falkner, A. Klein and F. Hutter, BOHB: Robust and Efficient Hyperparameter Optimization at
 * Scale, ICML 2018.
 *
 * @param space The space to sample from.
 * @param options The options of {@linkcode tpeSampler}, with other defaults.
 * @returns a sampler that never runs out.
 * @throws {RangeError} If an option is out of range.
 *
 * @example
 * ```ts
 * import { bohbSampler, createRandom, defineSpace, float } from "@ato/ato/hyperopt";
 * import { assert } from "@std/assert";
 *
 * const sampler = bohbSampler(defineSpace({ x: float(-5, 5) }), { randomShare: 0 });
 * const random = createRandom(1);
 * for (let trial = 0; trial < 40; trial++) {
 *   const point = sampler.sample(trial, random.fork(trial)) ?? [];
 *   const x = point[0] ?? 0;
 *   // One epoch misleads: it likes -4. Nine epochs like 2.
 *   sampler.observe?.({ trial, point, fidelity: 1, loss: (x + 4) ** 2 });
 *   if (trial % 2) sampler.observe?.({ trial, point, fidelity: 9, loss: (x - 2) ** 2 });
 * }
 * const [x] = sampler.sample(40, random.fork(40)) ?? [];
 * assert(x !== undefined && Math.abs(x - 2) < 1.5);
 * ```
 */
export function bohbSampler<C>(
  space: Space<C>,
  options: BohbOptions = {},
): Sampler {
  checkMethods("sample with BOHB", "space", space, SPACE);
  checkSettings("sample with BOHB", options, TPE_SETTINGS);
  const enough = space.dimensions.length + 3;
  return new Tpe("bohb", space.dimensions, {
    startup: enough,
    candidates: 24,
    goodShare: 0.15,
    randomShare: 1 / 3,
    leastPoints: 5,
    ...options,
  });
}
