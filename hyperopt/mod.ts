/**
 * Hyperparameter search over the configs of a scope.
 *
 * @module
 */
export * from "./spaces/mod.ts";
export { gridSampler } from "./samplers/grid.ts";
export { randomSampler } from "./samplers/random.ts";
export type { Observation, Sampler } from "./samplers/sampler.ts";
export { sobolSampler } from "./samplers/sobol.ts";
export type { SobolOptions } from "./samplers/sobol.ts";
