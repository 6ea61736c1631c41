/**
 * Why did this run give a different result? The names that a program starts with; each room has more under
 * its own path, such as `@ato/ato/tracker`.
 *
 * @module
 */
export {
  ADict,
  ConfigSyntaxError,
  FrozenConfigError,
  MissingKeyError,
} from "./adict/mod.ts";
export {
  asha,
  bohbSampler,
  category,
  conditional,
  defineSpace,
  float,
  fullFidelity,
  gridSampler,
  HyperBand,
  hyperband,
  HyperOpt,
  int,
  medianStopping,
  openStudy,
  ordinal,
  randomSampler,
  runStudy,
  SearchFailedError,
  sobolSampler,
  sqliteJournal,
  successiveHalving,
  tpeSampler,
  trialLogger,
  WorkerStartError,
} from "./hyperopt/mod.ts";
export type {
  HyperBandOptions,
  StudyOptions,
  TrialContext,
} from "./hyperopt/mod.ts";
export {
  CommandLineError,
  MultiScope,
  Scope,
  UnknownViewError,
} from "./scope/mod.ts";
export type { ScopeOptions, ViewOptions } from "./scope/mod.ts";
export { Run, SQLFinder, SQLLogger, StorageError } from "./tracker/mod.ts";
export type { RunOptions, SQLLoggerOptions } from "./tracker/mod.ts";
