import type { Known } from "../../internal/known_options.ts";
import { describe } from "../_describe.ts";
import { SearchUsageError } from "../errors.ts";
import { checkMethods, checkSettings, SPACE } from "../_settings.ts";
import type { Space } from "../spaces/space.ts";
import { CmaEs } from "./_cma_es.ts";
import type { Sampler } from "./sampler.ts";

/** Options for {@linkcode cmaEsSampler}. */
export interface CmaEsOptions {
  /**
   * `"full"` learns how parameters depend on each other. `"separable"` learns one deviation per parameter: it
   * needs fewer trials and less time in spaces of many parameters.
   *
   * @default {"full"}
   */
  readonly covariance?: "full" | "separable";
  /**
   * The deviation of the first points from the middle, as a share of the range of each parameter.
   *
   * @default {1/6}
   */
  readonly sigma?: number;
  /**
   * The number of trials of a generation, at least 4. Give at least the number of workers.
   *
   * @default {4 + 3 ln(n) rounded down, where n is the number of parameters that are numbers}
   */
  readonly population?: number;
  /**
   * How often the search starts again at another place, with twice the population, after it converged or found
   * nothing better for many generations.
   *
   * @default {8}
   */
  readonly restarts?: number;
}

const ACTION = "sample with CMA-ES";

const CMA_ES_SETTINGS: Known<CmaEsOptions> = {
  covariance: true,
  sigma: true,
  population: true,
  restarts: true,
};

/**
 * The covariance matrix adaptation evolution strategy (CMA-ES): draws each generation of points from a normal
 * distribution, and moves, stretches and turns it towards the better half.
 *
 * It is for many trials (hundreds) of numbers that depend on each other. Whole numbers and steps keep a least
 * deviation, so that no bin is final. Choices without order are drawn independently, with probabilities that are
 * learned from the better half. A point out of range is drawn again, up to 100 times, then reflected at the bounds:
 * the distribution inside the range stays as it is, and no trial is spent on a bound.
 *
 * The trials that ended are cut into generations by their numbers, so results may arrive in any order, and
 * workers do not wait for a generation to end. Failed trials rank last. If trials are measured at several
 * fidelities, they are ranked as for {@linkcode tpeSampler}.
 *
 * Sources: N. Hansen, The CMA Evolution Strategy: A Tutorial, arXiv:1604.00772 (2016), with weights below 0;
 * R. Ros and N. Hansen, A Simple Modification in CMA-ES Achieving Linear Time and Space Complexity, PPSN 2008,
 * for `"separable"`; A. Auger and N. Hansen, A Restart CMA Evolution Strategy With Increasing Population Size,
 * CEC 2005; N. Hansen, Injecting External Solutions Into CMA-ES, arXiv:1110.4181 (2011), for points from
 * elsewhere; S. Baluja, Population-Based Incremental Learning, CMU-CS-94-163 (1994), for choices.
 *
 * @param space The space to sample from.
 * @param options The covariance, the first deviation, the population and the restarts.
 * @returns a sampler that never runs out.
 * @throws {SearchUsageError} If an option is unknown or out of range.
 *
 * @example
 * ```ts
 * import { cmaEsSampler, createRandom, defineSpace, float } from "@ato/ato/hyperopt";
 * import { assert } from "@std/assert";
 *
 * const sampler = cmaEsSampler(defineSpace({ x: float(-5, 5), y: float(-5, 5) }));
 * const random = createRandom(1);
 * let best = Infinity;
 * for (let trial = 0; trial < 150; trial++) {
 *   const point = sampler.sample(trial, random.fork(trial)) ?? [];
 *   const [x = 0, y = 0] = point;
 *   const loss = 10 * (x - y) ** 2 + (x + y - 4) ** 2;
 *   sampler.observe?.({ trial, point, fidelity: 1, loss });
 *   best = Math.min(best, loss);
 * }
 * assert(best < 0.001);
 * ```
 */
export function cmaEsSampler<C>(
  space: Space<C>,
  options: CmaEsOptions = {},
): Sampler {
  checkMethods(ACTION, "space", space, SPACE);
  checkSettings(ACTION, options, CMA_ES_SETTINGS);
  const { covariance = "full", sigma = 1 / 6, population, restarts = 8 } =
    options;
  check("covariance", covariance, {
    fits: covariance === "full" || covariance === "separable",
    give: '"full" or "separable"',
  });
  check("sigma", sigma, {
    fits: Number.isFinite(sigma) && sigma > 0,
    give: "a number above 0",
  });
  check("population", population, {
    fits: population === undefined ||
      (Number.isInteger(population) && population >= 4),
    give: "a whole number from 4 up",
  });
  check("restarts", restarts, {
    fits: Number.isInteger(restarts) && restarts >= 0 && restarts <= 20,
    give: "a whole number from 0 to 20",
  });
  return new CmaEs(space.dimensions, {
    covariance,
    sigma,
    population,
    restarts,
  });
}

function check(
  setting: keyof CmaEsOptions,
  value: unknown,
  { fits, give }: { fits: boolean; give: string },
): void {
  if (fits) return;
  throw new SearchUsageError(
    setting,
    `Cannot ${ACTION}: ${setting} is ${describe(value)}; give ${give}`,
  );
}
