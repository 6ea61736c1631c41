/**
 * Fingerprints of code and of values.
 *
 * @module
 */
export * from "./code.ts";
export * from "./digest.ts";
export * from "./fingerprint_deep.ts";
export type { DeepOptions } from "./deep/options.ts";
export { withoutDeep } from "./deep/without_deep.ts";
export * from "./errors.ts";
export { type AnyFunction, functionText } from "./function_text.ts";
export { type DeepFingerprints, loadDeepFingerprints } from "./load_deep.ts";
export * from "./recorder.ts";
export * from "./sketch.ts";
export { fingerprintValue, VALUE_VERSION } from "./value.ts";
export type { AsyncValue, ValueOptions } from "./value.ts";
export { FINGERPRINT } from "./_encoder.ts";
export type { ValueHandler } from "./_encoder.ts";
export type {
  BlindSpot,
  CodeDependency,
  DeepRecord,
  NumericSketch,
  OutputRecord,
} from "../internal/run_source.ts";
export * from "./wrapper.ts";
