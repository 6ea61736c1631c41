import type { Known } from "../../internal/known_options.ts";
import { describe } from "../_describe.ts";
import { SearchUsageError } from "../errors.ts";
import { checkMethods, checkSettings, SPACE } from "../_settings.ts";
import type { Space } from "../spaces/space.ts";
import { Nsga2 } from "./_nsga2.ts";
import type { Sampler } from "./sampler.ts";

/** Options for {@linkcode nsga2Sampler}. */
export interface Nsga2Options {
  /**
   * The number of trials of a generation, and of those that survive it, at least 4. Fewer come nearer to the front
   * with few trials, and more cover it better. Give at least the number of workers.
   *
   * @default {30}
   */
  readonly population?: number;
  /**
   * The probability that the numbers of two parents are mixed; otherwise a point has those of one parent, before
   * mutation.
   *
   * @default {0.9}
   */
  readonly crossover?: number;
  /**
   * The probability that a parameter mutates.
   *
   * @default {1 / n, where n is the number of parameters}
   */
  readonly mutation?: number;
  /**
   * How near children are to their parents: the distribution index of the crossover of numbers.
   *
   * @default {15}
   */
  readonly crossoverIndex?: number;
  /**
   * How small mutations of numbers are: the distribution index of the mutation.
   *
   * @default {20}
   */
  readonly mutationIndex?: number;
}

const ACTION = "sample with NSGA-II";

const NSGA2_SETTINGS: Known<Nsga2Options> = {
  population: true,
  crossover: true,
  mutation: true,
  crossoverIndex: true,
  mutationIndex: true,
};

/**
 * The genetic algorithm NSGA-II, for several objectives: of each generation and its parents, those survive that
 * fewest fronts dominate, and in the last front those that are least crowded. It needs hundreds of trials; for
 * fewer, see {@linkcode motpeSampler}.
 *
 * Numbers are mixed by simulated binary crossover and mutate by a polynomial distribution, over the logarithm of
 * logarithmic parameters. Choices without order come from either parent and mutate to any choice. A parameter
 * that exists only under some choice comes from a parent that has it, and is random if none does.
 *
 * Infeasible trials rank behind all feasible ones, by how much they violate the constraints; failed ones are
 * last. The trials that ended are cut into generations by their numbers, so results may arrive in any order, and
 * workers do not wait for a generation to end.
 *
 * Sources: K. Deb, A. Pratap, S. Agarwal and T. Meyarivan, A Fast and Elitist Multiobjective Genetic Algorithm:
 * NSGA-II, IEEE Transactions on Evolutionary Computation 6 (2002); K. Deb and R. B. Agrawal, Simulated Binary
 * Crossover for Continuous Search Space, Complex Systems 9 (1995).
 *
 * @param space The space to sample from.
 * @param options The population, and the probabilities and distributions of crossover and mutation.
 * @returns a sampler that never runs out.
 * @throws {SearchUsageError} If an option is unknown or out of range.
 *
 * @example
 * ```ts
 * import { createRandom, defineSpace, float, hypervolume, nsga2Sampler } from "@ato/ato/hyperopt";
 * import { assert } from "@std/assert";
 *
 * const sampler = nsga2Sampler(defineSpace({ x: float(-4, 4) }), { population: 12 });
 * const random = createRandom(1);
 * const found: number[][] = [];
 * for (let trial = 0; trial < 120; trial++) {
 *   const point = sampler.sample(trial, random.fork(trial)) ?? [];
 *   const [x = 0] = point;
 *   const losses = [x ** 2, (x - 2) ** 2];
 *   sampler.observe?.({ trial, point, fidelity: 1, loss: losses[0], losses });
 *   found.push(losses);
 * }
 * assert(hypervolume(found, [4, 4]) > 13);
 * ```
 */
export function nsga2Sampler<C>(
  space: Space<C>,
  options: Nsga2Options = {},
): Sampler {
  checkMethods(ACTION, "space", space, SPACE);
  checkSettings(ACTION, options, NSGA2_SETTINGS);
  const { population = 30, crossover = 0.9 } = options;
  const { mutation, crossoverIndex = 15, mutationIndex = 20 } = options;
  check("population", population, {
    fits: Number.isInteger(population) && population >= 4,
    give: "a whole number from 4 up",
  });
  check("crossover", crossover, isShare(crossover));
  if (mutation !== undefined) check("mutation", mutation, isShare(mutation));
  check("crossoverIndex", crossoverIndex, isIndex(crossoverIndex));
  check("mutationIndex", mutationIndex, isIndex(mutationIndex));
  return new Nsga2(space.dimensions, {
    population,
    crossover,
    mutation: mutation ?? 1 / Math.max(1, space.dimensions.length),
    crossoverIndex,
    mutationIndex,
  });
}

/** Whether a value fits, and what to give. */
interface Fit {
  readonly fits: boolean;
  readonly give: string;
}

function isShare(value: number): Fit {
  return { fits: value >= 0 && value <= 1, give: "a number from 0 to 1" };
}

function isIndex(value: number): Fit {
  return {
    fits: value >= 0 && Number.isFinite(value),
    give: "a number from 0 up",
  };
}

function check(
  setting: keyof Nsga2Options,
  value: unknown,
  { fits, give }: Fit,
): void {
  if (fits) return;
  throw new SearchUsageError(
    setting,
    `Cannot ${ACTION}: ${setting} is ${describe(value)}; give ${give}`,
  );
}
