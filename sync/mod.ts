/**
 * Sends runs to other places, and takes them from there. What was sent is remembered beside the file.
 *
 * ```ts
 * import { mlflowTarget, syncRuns } from "@ato/ato/sync";
 * import { SQLLogger } from "@ato/ato/tracker";
 * import { assert } from "@std/assert";
 * import { mkdtempSync, rmSync } from "node:fs";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 *
 * const folder = mkdtempSync(join(tmpdir(), "ato-"));
 * const dbPath = join(folder, "runs.db");
 * const logger = new SQLLogger({ experiment: { projectName: "demo", sql: { dbPath } } });
 * await logger.run();
 * await logger.finish();
 *
 * // No server answers here: the report says so, and the next call sends the run.
 * const target = mlflowTarget("http://127.0.0.1:9");
 * const { problem } = await syncRuns(target, { dbPath, tries: 1 });
 * assert(problem !== undefined);
 * rmSync(folder, { recursive: true });
 * ```
 *
 * @module
 */
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
