/**
 * Hyperparameter search over the configs of a scope.
 *
 * @module
 */
export type { Action } from "./_drive.ts";
export * from "./distributed/mod.ts";
export * from "./errors.ts";
export * from "./grid_space.ts";
export * from "./hyper_band.ts";
export * from "./hyper_band_result.ts";
export * from "./hyper_opt.ts";
export * from "./progress.ts";
export * from "./random.ts";
export * from "./schedulers/mod.ts";
export * from "./spaces/mod.ts";
export * from "./study/mod.ts";
export * from "./workers/mod.ts";
export * from "./trial.ts";
export { trialLogger } from "./trial_logger.ts";
export { bohbSampler } from "./samplers/bohb.ts";
export { gridSampler } from "./samplers/grid.ts";
export { randomSampler } from "./samplers/random.ts";
export type { Observation, Sampler } from "./samplers/sampler.ts";
export { sobolSampler } from "./samplers/sobol.ts";
export type { SobolOptions } from "./samplers/sobol.ts";
export { tpeSampler } from "./samplers/tpe.ts";
export type { TpeOptions } from "./samplers/tpe.ts";
export type {
  Connection,
  ConnectOptions,
  Driver,
  ExperimentConfig,
  FinishOptions,
  MetricPointInput,
  OpenOptions,
  Row,
  RunOptions,
  SQLLogger,
  SQLLoggerOptions,
  SqlValue,
  Statement,
  TrackerConfig,
  UntypedConfig,
} from "../tracker/mod.ts";
