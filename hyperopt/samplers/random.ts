import { checkMethods, SPACE } from "../_settings.ts";
import type { Random } from "../random.ts";
import type { Point, Space } from "../spaces/space.ts";
import { axisOf } from "./_axis.ts";
import { place } from "./_place.ts";
import type { Sampler } from "./sampler.ts";

/**
 * Samples points uniformly at random: floats and whole numbers uniformly over their range (over its logarithm
 * if the dimension is logarithmic), and choices with equal probability.
 *
 * It learns nothing, so its cost does not grow with the number of trials. If only few of many parameters matter,
 * it is better than a grid of the same size.
 *
 * Source: J. Bergstra and Y. Bengio, Random Search for Hyper-Parameter Optimization, JMLR 13 (2012).
 *
 * @param space The space to sample from.
 * @returns a sampler that never runs out.
 *
 * @example
 * ```ts
 * import { createRandom, defineSpace, float, randomSampler } from "@ato/ato/hyperopt";
 * import { assert } from "@std/assert";
 *
 * const space = defineSpace({ lr: float(1e-4, 1, { log: true }) });
 * const [lr] = randomSampler(space).sample(0, createRandom(1)) ?? [];
 * assert(lr !== undefined && lr >= 1e-4 && lr <= 1);
 * ```
 */
export function randomSampler<C>(space: Space<C>): Sampler {
  checkMethods("sample at random", "space", space, SPACE);
  const { dimensions } = space;
  const axes = dimensions.map(axisOf);
  return {
    name: "random",
    sample: (_trial: number, random: Random): Point =>
      place(dimensions, axes, () => random.next()),
  };
}
