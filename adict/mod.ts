/**
 * `ADict`: a config dictionary that knows its structure.
 *
 * @module
 */
export { ADict } from "./adict.ts";
export type { ADictConstructor, ADictFile } from "./constructor.ts";
export type { ADictMethods } from "./methods.ts";
export type {
  DumpOptions,
  LooseConfig,
  LooseValue,
  UpdateOptions,
} from "./types.ts";
export type { ComposeOptions } from "./compose.ts";
export * from "./errors.ts";
export type { HydraOptions, VersionBase } from "./hydra/compose.ts";
export {
  HydraError,
  HydraOverrideError,
  HydraUnsupportedError,
} from "./hydra/errors.ts";
export { formatKey, formatPath } from "./key_path.ts";
export {
  MmBaseError,
  MmConfigError,
  MmLimitError,
} from "./mm_config/errors.ts";
export type { MmConfigOptions } from "./mm_config/read.ts";
export { type Origin, originsOf } from "./origins.ts";
export {
  InterpolationCycleError,
  InterpolationError,
  MandatoryValueError,
} from "./resolve/errors.ts";
export type { ResolveOptions, Resolver, TextStyle } from "./resolve/resolve.ts";
export { dumpXyz, parseXyz } from "./xyz.ts";
