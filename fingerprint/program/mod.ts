/**
 * Snapshots of programs. `@ato/ato/fingerprint` exports the same function and loads this module late; a bundle or a
 * binary imports this one, so that it contains what a snapshot needs.
 *
 * @module
 */
export type {
  Coverage,
  ParseCache,
  ProgramModule,
  ProgramPiece,
  ProgramSnapshot,
} from "../../internal/run_factors.ts";
export type { SnapshotOptions } from "./options.ts";
export { takeSnapshot } from "./snapshot.ts";
