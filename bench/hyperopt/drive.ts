/**
 * Runs a sampler on a test function without a study: one trial after the other, all at one fidelity.
 *
 * @module
 */
import type { Random } from "../../hyperopt/random.ts";
import type { Sampler } from "../../hyperopt/samplers/sampler.ts";
import { defineSpace } from "../../hyperopt/spaces/define_space.ts";
import {
  category,
  float,
  int,
  type Parameter as SpaceParameter,
} from "../../hyperopt/spaces/parameter.ts";
import type { Space } from "../../hyperopt/spaces/space.ts";
import type { Parameter, Problem, Values } from "./functions.ts";

/** The search space of a test function. */
export function spaceOf(problem: Problem): Space<Values> {
  const spec: Record<string, SpaceParameter<number | string>> = {};
  for (const [name, parameter] of Object.entries(problem.parameters)) {
    spec[name] = asParameter(parameter);
  }
  return defineSpace(spec) as Space<Values>;
}

function asParameter(parameter: Parameter): SpaceParameter<number | string> {
  if (parameter.kind === "category") return category(parameter.choices);
  const { low, high, log = false } = parameter;
  return (parameter.kind === "int" ? int : float)(low, high, { log });
}

/** Makes a sampler for a space; `seed` is for samplers that have a seed. */
export type MakeSampler = (space: Space<Values>, seed: number) => Sampler;

/** Returns the regret (best so far minus optimum) after each trial. */
export function regrets(
  problem: Problem,
  make: MakeSampler,
  options: { seed: number; random: Random; budget: number },
): number[] {
  const space = spaceOf(problem);
  const sampler = make(space, options.seed);
  const trace: number[] = [];
  let best = Infinity;
  for (let trial = 0; trial < options.budget; trial++) {
    const point = sampler.sample(trial, options.random.fork(trial));
    if (point === undefined) break;
    sampler.started?.(trial, point);
    const loss = problem.evaluate(space.toConfig(point));
    sampler.observe?.({ trial, point, fidelity: 1, loss });
    best = Math.min(best, loss);
    trace.push(best - problem.optimum);
  }
  return trace;
}
