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
export * from "./trash.ts";
export * from "./compare_code.ts";
export * from "./db_path.ts";
export * from "./driver.ts";
export * from "./edit.ts";
export * from "./environment.ts";
export * from "./errors.ts";
export * from "./import_runs.ts";
export * from "./logger_options.ts";
export * from "./merge.ts";
export * from "./metrics.ts";
export * from "./open.ts";
export * from "./run_record.ts";
export * from "../internal/run_source.ts";
export * from "./sql_finder.ts";
export * from "./sql_logger.ts";
export { SCHEMA_VERSION, schemaVersion } from "./_migrations.ts";
export { findSpills } from "./_spills.ts";
export { hasWalResetBug } from "./_sqlite_version.ts";
export { compileFilter } from "./filter.ts";
export { isSealed } from "./seal.ts";
