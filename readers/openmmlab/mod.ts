/**
 * The reader of OpenMMLab's Python configs.
 *
 * `ADict.fromMmConfig` and `config.loadMmConfig` load it when they are first called. A program that imports
 * it by itself has it from the start: that is what a bundle, a compiled program and a machine without a
 * network need.
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
export { MmBaseError, MmConfigError, MmLimitError } from "./errors.ts";
export type { MmConfigOptions } from "./read.ts";
export { readOpenMmlab } from "./read_openmmlab.ts";
