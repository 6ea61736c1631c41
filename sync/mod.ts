/**
 * Runs that travel: to a hub where a team meets, to other tools, and back.
 *
 * ```ts
 * import { initHub, pullRuns, pushRuns } from "@ato/ato/sync";
 * import { SQLLogger } from "@ato/ato/tracker";
 * import { mkdtempSync, rmSync } from "node:fs";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 *
 * const folder = mkdtempSync(join(tmpdir(), "ato-"));
 * const [here, there] = [join(folder, "here.db"), join(folder, "there.db")] as const;
 * const hub = join(folder, "hub");
 * const logger = new SQLLogger({ experiment: { projectName: "demo", sql: { dbPath: here } } });
 * await logger.run();
 * await logger.finish();
 *
 * await initHub(hub);
 * await pushRuns(here, hub);
 * await pullRuns(there, hub);
 * rmSync(folder, { recursive: true });
 * ```
 *
 * @module
 */
export {
  gcHub,
  type GcOptions,
  type GcResult,
  HubError,
  type HubProblem,
  type HubSendOptions,
  type HubSendResult,
  type HubStatus,
  hubStatus,
  initHub,
  type PullOptions,
  type PullResult,
  pullRuns,
  type PushOptions,
  type PushResult,
  pushRuns,
  type SearchesSent,
  type SearchesTaken,
  type SendProgress,
  type Sent,
  shownUrl,
  type TakeOptions,
  type TakeProgress,
  type TakeResult,
} from "./hub/mod.ts";
export { type FilesMerged, mergeFiles } from "./merge/merge_files.ts";
export type { SearchesMerged } from "./merge/_merge_searches.ts";
export {
  importMlflowServer,
  type MlflowImport,
  type MlflowImportOptions,
} from "./mlflow/import_server.ts";
export {
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
export type { WandbArtifact } from "./wandb/_about.ts";
export { wandbProjectName } from "./wandb/_names.ts";
export { isWandbLog } from "./wandb/_log_reader.ts";
export { readWandbRun, type WandbRun } from "./wandb/read_run.ts";
export type { WandbItems } from "./wandb/_records.ts";
export { wandbRunFolder, wandbRunId } from "./wandb/run_id.ts";
export {
  type WandbLog,
  type WandbLogOptions,
  writeWandbLog,
} from "./wandb/write_log.ts";
