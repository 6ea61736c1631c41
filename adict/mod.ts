/**
 * `ADict`: a config dictionary that knows its structure.
 *
 * @module
 */
export { ADict } from "./adict.ts";
export type { ADictConstructor, ADictFile } from "./constructor.ts";
export type { ADictMethods } from "./methods.ts";
export type { DumpOptions } from "../readers/files.ts";
export type { LooseConfig, LooseValue } from "../internal/loose_config.ts";
export type { UpdateOptions } from "./types.ts";
export type { ComposeOptions } from "./compose.ts";
export * from "./errors.ts";
export * from "../readers/errors.ts";
export type { HydraOptions, VersionBase } from "../readers/hydra/compose.ts";
export {
  HydraError,
  HydraOverrideError,
  HydraUnsupportedError,
} from "../readers/hydra/errors.ts";
export { formatKey, formatPath } from "../internal/key_path.ts";
export {
  MmBaseError,
  MmConfigError,
  MmLimitError,
} from "../readers/openmmlab/errors.ts";
export type { MmConfigOptions } from "../readers/openmmlab/read.ts";
export { type Origin } from "../internal/origin.ts";
export { originsOf } from "./origins.ts";
export {
  InterpolationCycleError,
  InterpolationError,
  MandatoryValueError,
} from "../readers/hydra/resolve/errors.ts";
export type {
  ResolveOptions,
  Resolver,
  TextStyle,
} from "../readers/hydra/resolve/resolve.ts";
export { dumpXyz, parseXyz } from "../readers/xyz/xyz.ts";
