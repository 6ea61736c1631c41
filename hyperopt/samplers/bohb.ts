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
   * The share of the trials that count as good, rounded up, from 60 trials on. Of up to 30 trials it is half of
   * that, and between 30 and 60 it grows.
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
   * The number of measured trials that a fidelity needs so that it counts.
   *
   * @default {5}
   */
  readonly leastPoints?: number;
}

/**
 * The sampler of BOHB, for Hyperband, successive halving and ASHA: {@linkcode tpeSampler} with every third point
 * at random.
 *
 * The random share keeps the guarantee of Hyperband if low fidelities mislead. As in the paper, the model is used
 * from `d + 3` trials on, where `d` is the number of parameters.
 *
 * Unlike in the paper, each fidelity with enough trials has a model, not only the greatest one, models are used only
 * as far as they rank the trials that went far, and points keep apart, also the random ones; {@linkcode tpeSampler}
 * says why. With one fidelity, points are drawn from the density of the good trials, better trials weigh more, and 24 candidates are compared
 * instead of 64, which finds as much and costs less.
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
 * import {
 *   bohbSampler,
 *   defineSpace,
 *   float,
 *   hyperband,
 *   openStudy,
 *   runStudy,
 * } from "@ato/ato/hyperopt";
 * import { assert } from "@std/assert";
 *
 * const space = defineSpace({ x: float(-5, 5) });
 * const study = openStudy({
 *   id: "bohb",
 *   space,
 *   sampler: bohbSampler(space),
 *   scheduler: hyperband({ maxFidelity: 9, rounds: 3 }),
 *   metric: "loss",
 *   mode: "min",
 * });
 * await runStudy(study, ({ config, to }) => (config.x - 2) ** 2 + 1 / to);
 * const { x } = study.best()!.trial.config;
 * assert(Math.abs(x - 2) < 1);
 * study.close();
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
