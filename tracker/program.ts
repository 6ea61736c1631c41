/**
 * What records the program and the inputs of a run. `@ato/ato/tracker` and `@ato/ato/scope` load it late, as
 * `@ato/ato/fingerprint` does for the snapshots that it exports; a bundle or a binary imports this module, so that it
 * contains what they need.
 *
 * @module
 */
export type {
  Coverage,
  ParseCache,
  ProgramModule,
  ProgramPiece,
  ProgramSnapshot,
} from "../internal/run_factors.ts";
export type { SnapshotOptions } from "../fingerprint/program/mod.ts";
export { takeSnapshot } from "./_recorders.ts";
