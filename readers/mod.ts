/**
 * Readers of config files and of other tools' configs: they return plain data with the origin of each key.
 *
 * Nothing here loads a parser or touches files by being imported: see {@linkcode loadFiles} and
 * {@linkcode loadReader}.
 *
 * @module
 */
export {
  ConfigFileError,
  ConfigSyntaxError,
  ReaderLoadError,
  UnsupportedValueError,
} from "./errors.ts";
export type { DumpOptions } from "./files.ts";
export type {
  HydraOptions,
  HydraReading,
  VersionBase,
} from "./hydra/compose.ts";
export {
  HydraError,
  HydraOverrideError,
  HydraUnsupportedError,
  InterpolationCycleError,
  InterpolationError,
  MandatoryValueError,
} from "./hydra/errors.ts";
export { resolveConfig } from "./hydra/resolve/resolve.ts";
export type {
  Flavour,
  Resolved,
  ResolveOptions,
  Resolver,
  TextStyle,
} from "./hydra/resolve/resolve.ts";
export { loadFiles, loadReader, loadYaml } from "./load.ts";
export {
  MmBaseError,
  MmConfigError,
  MmLimitError,
} from "./openmmlab/errors.ts";
export type { MmConfigOptions } from "./openmmlab/read.ts";
export type { DataWithOrigins, KeyOrigins, Origins } from "./origins.ts";
export { dumpXyz, parseXyz } from "./xyz/xyz.ts";
