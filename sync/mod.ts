/**
 * Sends runs to other places, and takes them from there.
 *
 * @module
 */
export {
  importMlflowServer,
  type MlflowImport,
  type MlflowImportOptions,
} from "./mlflow/import_server.ts";
export {
  type MlflowSent,
  mlflowTarget,
  type MlflowTargetOptions,
} from "./mlflow/mlflow_target.ts";
export { type Login } from "./mlflow/_address.ts";
export {
  type KnownTarget,
  readTargets,
  type SentRun,
} from "./targets/_state_file.ts";
export { TargetError, UnreachableError } from "./targets/errors.ts";
export { type PlannedRun, planSync } from "./targets/plan_sync.ts";
export {
  type SyncEvent,
  type SyncOptions,
  type SyncReport,
  syncRuns,
} from "./targets/sync_runs.ts";
export type {
  LocalRun,
  RunMemory,
  SendContext,
  SendResult,
  SyncTarget,
  TargetMemory,
} from "./targets/target.ts";
export { wandbProjectName } from "./wandb/_names.ts";
export { isWandbLog } from "./wandb/_log_reader.ts";
export { readWandbRun, type WandbRun } from "./wandb/read_run.ts";
export { wandbRunFolder, wandbRunId } from "./wandb/run_id.ts";
export {
  type WandbLog,
  type WandbLogOptions,
  writeWandbLog,
} from "./wandb/write_log.ts";
