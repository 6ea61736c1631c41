/**
 * The reader of OpenMMLab's Python configs.
 *
 * `ADict.fromMmConfig` and `config.loadMmConfig` load this module when they are first called. A bundle, a
 * compiled program or a program on a machine without a network imports it itself, so that it is available
 * from the start.
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
