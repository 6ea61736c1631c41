/**
 * Runs, metrics, artifacts and fingerprints in one SQLite file.
 *
 * ```ts
 * import { SQLLogger } from "@ato/ato/tracker";
 * import { rmSync } from "node:fs";
 *
 * const config = { experiment: { projectName: "demo", sql: { dbPath: "sqlite:///demo-runs.db" } } };
 * const logger = new SQLLogger(config);
 * await logger.run();
 * logger.logMetric("loss", 0.3, 0);
 * await logger.finish();
 * rmSync("demo-runs.db");
 * ```
 *
 * @module
 */
export type { StoredProgram } from "./_program_store.ts";
export type { ConsoleOptions, ConsolePart, ConsoleStream } from "./console.ts";
export type {
  Coverage,
  Dimension,
  ParseCache,
  ProgramModule,
  ProgramPiece,
  ProgramSnapshot,
} from "../internal/run_factors.ts";
export type {
  History,
  MetricFacts,
  RecordedFactors,
  RunFacts,
} from "../internal/run_facts.ts";
export {
  type InputOptions,
  MissingInputError,
} from "../internal/given_inputs.ts";
export type {
  InputContent,
  LateRecord,
  ListedFile,
  RunInputs,
  SeenRead,
} from "../internal/run_inputs.ts";
export { UserError } from "../internal/errors.ts";
export type { Encoded, TypeNote } from "../internal/json.ts";
export type { Origin } from "../internal/origin.ts";
export {
  type BlindSpot,
  type CodeDependency,
  type CodeRecord,
  type ConfigHistory,
  type DeepRecord,
  type HistoryEntry,
  type NumericSketch,
  type OutputRecord,
  RUN_SOURCE,
  type RunSource,
} from "../internal/run_source.ts";
export { migrate } from "./_migrations.ts";
export { SCHEMA_VERSION, schemaVersion } from "./_schema_version.ts";
export { networkFileSystem } from "./_network_file_system.ts";
export { findSpills } from "./_spills.ts";
export { hasWalResetBug } from "./_sqlite_version.ts";
export type { BestRunQuery } from "./best_run.ts";
export {
  type CodeChange,
  type CodePiece,
  compareRunCode,
  type OwnCode,
  type PackageChange,
  type TraceComparison,
} from "./compare_code.ts";
export {
  dbPathOf,
  type ExperimentConfig,
  projectNameOf,
  type TrackerConfig,
  type UntypedConfig,
} from "./db_path.ts";
export type {
  Connection,
  ConnectOptions,
  Driver,
  Row,
  SqlValue,
  Statement,
} from "./driver.ts";
export { editRun, type RunEdit } from "./edit.ts";
export {
  captureEnvironment,
  captureGit,
  type GitState,
  type RunEnvironment,
} from "./environment.ts";
export {
  classifyStorageProblem,
  damageError,
  NewerSchemaError,
  type Place,
  StorageError,
  type StorageProblem,
  toStorageError,
  TrackerUsageError,
} from "./errors.ts";
export {
  compileFilter,
  type Condition,
  type MetricValue,
  readCondition,
  type RunFilter,
} from "./filter.ts";
export {
  type ForeignPoint,
  type ForeignRun,
  importRuns,
} from "./import_runs.ts";
export type {
  FinishOptions,
  MetricPointInput,
  RunOptions,
  SQLLoggerOptions,
} from "./logger_options.ts";
export {
  type MergeOptions,
  type MergeResult,
  mergeRuns,
  uuidFrom,
} from "./merge.ts";
export type {
  LoggedPoints,
  LoggedRange,
  LoggedSeries,
} from "./logged_points.ts";
export type { RunRevision } from "./_revisions.ts";
export type {
  MetricCursor,
  MetricPage,
  MetricPoint,
  PointRange,
} from "./metric_points.ts";
export type { ProjectMetric } from "./metric_columns.ts";
export { type ChartBin, type MetricSummary, RunMetrics } from "./metrics.ts";
export {
  chooseDriver,
  openForReading,
  openForWriting,
  type OpenOptions,
} from "./open.ts";
export type {
  InputKind,
  RecordedInput,
  RecordedInputs,
} from "./recorded_inputs.ts";
export { addRunConsole } from "./add_run_console.ts";
export { addRunInputs } from "./add_run_inputs.ts";
export { retryBusy, transact } from "./retry.ts";
export type {
  Artifact,
  RunAttempt,
  RunFingerprint,
  RunProcess,
  RunStatus,
  StoredOutput,
} from "./run_parts.ts";
export { Run } from "./run_record.ts";
export { type GiveUpOptions, giveUpTrial } from "./give_up_trial.ts";
export {
  type ProcessStart,
  processStart,
  strangeStart,
} from "./process_start.ts";
export { isSealed, type Sealed } from "./seal.ts";
export {
  type AttemptOptions,
  type HistoryOptions,
  type Project,
  SQLFinder,
  type SQLFinderOptions,
} from "./sql_finder.ts";
export { SQLLogger } from "./sql_logger.ts";
export type {
  TraceStatistics,
  TraceStatisticsOptions,
  TraceVersion,
} from "./trace_versions.ts";
export {
  deleteRuns,
  emptyTrash,
  type EmptyTrashOptions,
  restoreRuns,
} from "./trash.ts";
