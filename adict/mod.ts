/**
 * `ADict`: a config dictionary that knows its structure.
 *
 * @module
 */
export { UserError } from "../internal/errors.ts";
export { formatKey, formatPath } from "../internal/key_path.ts";
export type { LooseConfig, LooseValue } from "../internal/loose_config.ts";
export type { Origin } from "../internal/origin.ts";
export {
  ConfigFileError,
  ConfigSyntaxError,
  dumpXyz,
  HydraError,
  HydraOverrideError,
  HydraUnsupportedError,
  InterpolationCycleError,
  InterpolationError,
  MandatoryValueError,
  MmBaseError,
  MmConfigError,
  MmLimitError,
  parseXyz,
  ReaderLoadError,
  UnsupportedValueError,
} from "../readers/mod.ts";
export type {
  DumpOptions,
  HydraOptions,
  MmConfigOptions,
  ResolveOptions,
  Resolver,
  TextStyle,
  VersionBase,
} from "../readers/mod.ts";
export { ADict } from "./adict.ts";
export type { ComposeOptions } from "./compose.ts";
export type { ADictConstructor, ADictFile } from "./constructor.ts";
export { FrozenConfigError, MissingKeyError, NestingError } from "./errors.ts";
export type { ADictMethods } from "./methods.ts";
export { originsOf } from "./origins.ts";
export type { UpdateOptions } from "./types.ts";
