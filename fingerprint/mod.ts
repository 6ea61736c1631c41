/**
 * Fingerprints of code and of values.
 *
 * @module
 */
export type {
  BlindSpot,
  CodeDependency,
  DeepRecord,
  NumericSketch,
  OutputRecord,
} from "../internal/run_source.ts";
export type {
  Coverage,
  ParseCache,
  ProgramModule,
  ProgramPiece,
  ProgramSnapshot,
} from "../internal/run_factors.ts";
export { FINGERPRINT, type ValueHandler } from "./_encoder.ts";
export {
  CODE_VERSION,
  type CodeFingerprint,
  type CodeNote,
  type CodeOptions,
  type CodeUses,
  fingerprintCode,
} from "./code.ts";
export type { DeepOptions } from "./deep/options.ts";
export { withoutDeep } from "./deep/without_deep.ts";
export { sha256Hex, sha256HexSync, Sha256Stream } from "./digest.ts";
export {
  FingerprintUsageError,
  OpaqueFunctionError,
  OpaqueValueError,
  UnreadableFunctionError,
  UsesError,
} from "./errors.ts";
export { fingerprintDeep } from "./fingerprint_deep.ts";
export { type AnyFunction, functionText } from "./function_text.ts";
export { type DeepFingerprints, loadDeepFingerprints } from "./load_deep.ts";
export {
  OutputRecorder,
  type RecorderOptions,
  type TracedFunction,
  type WrapOptions,
} from "./recorder.ts";
export { sketchValue } from "./sketch.ts";
export type { SnapshotOptions } from "./program/options.ts";
export { takeSnapshot } from "./take_snapshot.ts";
export {
  type AsyncValue,
  fingerprintValue,
  VALUE_VERSION,
  type ValueOptions,
} from "./value.ts";
export { markWrapper, unwrapFunction } from "./wrapper.ts";
