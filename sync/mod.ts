/**
 * Sends runs to other places, and takes them from there.
 *
 * @module
 */
export { TargetError, UnreachableError } from "./targets/errors.ts";
export type {
  LocalRun,
  RunMemory,
  SendContext,
  SendResult,
  SyncTarget,
  TargetMemory,
} from "./targets/target.ts";
