/**
 * The reader of Hydra's folders of configs.
 *
 * `ADict.fromHydra` loads it on its first call. A program that imports it has it from the start, which a
 * bundle, a compiled program and a machine without a network need.
 *
 * @module
 */
export { UserError } from "../../internal/errors.ts";
export type { LooseConfig, LooseValue } from "../../internal/loose_config.ts";
export {
  ConfigFileError,
  ConfigSyntaxError,
  ReaderLoadError,
} from "../errors.ts";
export type { HydraOptions, VersionBase } from "./compose.ts";
export {
  HydraError,
  HydraOverrideError,
  HydraUnsupportedError,
} from "./errors.ts";
export { readHydra } from "./read_hydra.ts";
