import { SearchUsageError } from "../errors.ts";
import { checkMethods, checkSettings, SPACE } from "../_settings.ts";
import { describe } from "../_describe.ts";
import type { Random } from "../random.ts";
import type { Point, Space } from "../spaces/space.ts";
import { axisOf } from "./_axis.ts";
import { place } from "./_place.ts";
import {
  mix,
  owenScramble,
  SOBOL_DIMENSIONS,
  sobolBits,
  sobolDirections,
} from "./_sobol.ts";
import type { Sampler } from "./sampler.ts";

/** Options for {@linkcode sobolSampler}. */
export interface SobolOptions {
  /**
   * The seed of the scrambling; another seed gives another sequence that is as evenly spread.
   *
   * @default {0}
   */
  readonly seed?: number;
}

/**
 * Samples the points of a scrambled Sobol sequence: 2^m successive points from a multiple of 2^m on fill the
 * space far more evenly than random ones.
 *
 * Trial `n` gets point `n`, whatever was observed. A number of trials that is a power of 2 is best. Choices and
 * whole numbers get equal shares. If a study skips the point because it was tried before, as happens in spaces
 * of few points, the trial gets a random one.
 *
 * Sources: I. M. Sobol (1967); S. Joe and F. Y. Kuo, Constructing Sobol sequences with better
 * two-dimensional projections, SIAM J. Sci. Comput. 30 (2008); A. B. Owen, Randomly Permuted
 * (t,m,s)-Nets and (t,s)-Sequences (1995) for the scrambling.
 *
 * @param space The space to sample from; at most 256 parameters.
 * @param options The seed.
 * @returns a sampler that in practice never runs out: it has 2^32 points.
 * @throws {RangeError} If the space has more than 256 parameters.
 *
 * @example
 * ```ts
 * import { createRandom, defineSpace, float, sobolSampler } from "@ato/ato/hyperopt";
 * import { assertEquals } from "@std/assert";
 *
 * const sampler = sobolSampler(defineSpace({ x: float(0, 4) }), { seed: 7 });
 * const quarters = [0, 1, 2, 3].map((trial) =>
 *   Math.floor(sampler.sample(trial, createRandom(0))?.[0] ?? 0)
 * );
 * assertEquals(quarters.sort(), [0, 1, 2, 3]);
 * ```
 */
export function sobolSampler<C>(
  space: Space<C>,
  options: SobolOptions = {},
): Sampler {
  const action = "sample with Sobol";
  checkMethods(action, "space", space, SPACE);
  checkSettings<SobolOptions>(action, options, { seed: true });
  const { seed = 0 } = options;
  if (!Number.isFinite(seed)) {
    throw new SearchUsageError(
      "seed",
      `Cannot ${action}: seed is ${describe(seed)}; give a number`,
    );
  }
  const { dimensions } = space;
  if (dimensions.length > SOBOL_DIMENSIONS) {
    throw new RangeError(
      `Cannot sample ${dimensions.length} parameters with Sobol: there are direction numbers for ` +
        `${SOBOL_DIMENSIONS}; use randomSampler(space)`,
    );
  }
  const axes = dimensions.map(axisOf);
  const directions = sobolDirections(dimensions.length);
  const key = seedKey(seed);
  const unit = (trial: number, dimension: number): number => {
    const bits = sobolBits(directions[dimension] as Uint32Array, trial);
    // The middle of an interval of length 2^-32, so that 0 and 1 are never reached.
    return (owenScramble(bits, mix(key ^ dimension)) + 0.5) / 2 ** 32;
  };
  return {
    name: "sobol",
    sample: (trial: number, random: Random, again = 0): Point =>
      place(
        dimensions,
        axes,
        (dimension) => again > 0 ? random.next() : unit(trial, dimension),
      ),
  };
}

/** Returns the key of a seed; all 53 bits of the seed count. */
function seedKey(seed: number): number {
  return mix(mix(seed >>> 0) ^ Math.floor(seed / 2 ** 32));
}
