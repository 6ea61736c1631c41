/**
 * What a run read: files, folders, URLs and environment variables as factors.
 *
 * @module
 */
export {
  type CheckedInput,
  checkInputs,
  type CheckOptions,
  type InputState,
  type InputToCheck,
} from "./check_inputs.ts";
export { contentOf } from "./content_of.ts";
export { FolderCache, type HashCache, userCache } from "./hash_cache.ts";
export { InputHasher } from "./hasher.ts";
export type {
  HasherOptions,
  HashLimits,
  HashProgress,
} from "./hasher_options.ts";
export type { Hashed } from "../internal/hash_at_once.ts";
export { hashingProgress, type ProgressStream } from "./progress.ts";
export {
  mayBeInput,
  recordInputs,
  type RecordInputsOptions,
} from "./record_inputs.ts";
export type { RunInputs, SeenInputs, SeenRead } from "./types.ts";
