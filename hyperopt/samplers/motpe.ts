import type { Known } from "../../internal/known_options.ts";
import { describe } from "../_describe.ts";
import { SearchUsageError } from "../errors.ts";
import { checkMethods, checkSettings, SPACE } from "../_settings.ts";
import type { Space } from "../spaces/space.ts";
import { Motpe } from "./_motpe.ts";
import type { Sampler } from "./sampler.ts";

/** Options for {@linkcode motpeSampler}. */
export interface MotpeOptions {
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
   * The share of the trials that count as good, rounded up; at most 25 do.
   *
   * @default {0.15}
   */
  readonly goodShare?: number;
}

const ACTION = "sample with MOTPE";

const MOTPE_SETTINGS: Known<MotpeOptions> = {
  startup: true,
  candidates: true,
  goodShare: true,
};

/**
 * The tree-structured Parzen estimator for several objectives (MOTPE): as {@linkcode tpeSampler}, but the trials
 * that fewest others dominate are the good ones, and they weigh by the hypervolume that they add to the front.
 * It is for tens to a few hundred trials; for more, see {@linkcode nsga2Sampler}.
 *
 * Infeasible trials rank behind all feasible ones, by how much they violate the constraints. Failed and running
 * trials count as bad.
 *
 * Sources: Y. Ozaki, Y. Tanigaki, S. Watanabe and M. Onishi, Multiobjective Tree-Structured Parzen Estimator for
 * Computationally Expensive Optimization Problems, GECCO 2020; Y. Ozaki, Y. Tanigaki, S. Watanabe, M. Nomura and
 * M. Onishi, Multiobjective Tree-Structured Parzen Estimator, Journal of Artificial Intelligence Research 73
 * (2022).
 *
 * @param space The space to sample from.
 * @param options The startup, the candidates and the share of good trials.
 * @returns a sampler that never runs out.
 * @throws {SearchUsageError} If an option is unknown or out of range.
 *
 * @example
 * ```ts
 * import { createRandom, defineSpace, float, hypervolume, motpeSampler } from "@ato/ato/hyperopt";
 * import { assert } from "@std/assert";
 *
 * const sampler = motpeSampler(defineSpace({ x: float(-4, 4) }));
 * const random = createRandom(1);
 * const found: number[][] = [];
 * for (let trial = 0; trial < 60; trial++) {
 *   const point = sampler.sample(trial, random.fork(trial)) ?? [];
 *   const [x = 0] = point;
 *   const losses = [x ** 2, (x - 2) ** 2];
 *   sampler.observe?.({ trial, point, fidelity: 1, loss: losses[0], losses });
 *   found.push(losses);
 * }
 * assert(hypervolume(found, [4, 4]) > 12.5);
 * ```
 */
export function motpeSampler<C>(
  space: Space<C>,
  options: MotpeOptions = {},
): Sampler {
  checkMethods(ACTION, "space", space, SPACE);
  checkSettings(ACTION, options, MOTPE_SETTINGS);
  const { startup = 10, candidates = 24, goodShare = 0.15 } = options;
  check("startup", startup, {
    fits: Number.isInteger(startup) && startup >= 0,
    give: "a whole number from 0 up",
  });
  check("candidates", candidates, {
    fits: Number.isInteger(candidates) && candidates >= 1,
    give: "a whole number from 1 up",
  });
  check("goodShare", goodShare, {
    fits: goodShare >= 0 && goodShare <= 1,
    give: "a number from 0 to 1",
  });
  return new Motpe(space.dimensions, { startup, candidates, goodShare });
}

function check(
  setting: keyof MotpeOptions,
  value: unknown,
  { fits, give }: { readonly fits: boolean; readonly give: string },
): void {
  if (fits) return;
  throw new SearchUsageError(
    setting,
    `Cannot ${ACTION}: ${setting} is ${describe(value)}; give ${give}`,
  );
}
