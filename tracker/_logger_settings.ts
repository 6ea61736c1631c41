/** The settings of a logger, with every default filled in. */
import { checkName } from "./_check.ts";
import { pathInProject } from "../internal/mirror_place.ts";
import { checkLoggerOptions } from "./_logger_checks.ts";
import { dbPathOf, projectNameOf, type TrackerConfig } from "./db_path.ts";
import type { SQLLoggerOptions } from "./logger_options.ts";

/** The settings of a logger. */
export interface LoggerSettings {
  readonly config: TrackerConfig;
  /** The options as they were given. */
  readonly options: SQLLoggerOptions;
  readonly path: string;
  readonly project: string;
  readonly onError: "continue" | "throw";
  /** Milliseconds to wait for another writer. */
  readonly timeout: number;
  /** The number of lines that the buffer can have. */
  readonly bufferSize: number;
  /** Whether points must survive a power cut. */
  readonly sync: boolean;
  /** Whether a snapshot of the program is taken. */
  readonly snapshot: boolean;
  /** Returns milliseconds since 1970. */
  readonly now: () => number;
  readonly warn: (message: string) => void;
}

/**
 * Checks the config and the options of a logger, and fills in the defaults.
 *
 * @throws {TypeError} If the config names no project or no SQLite database, or an option is wrong.
 */
export function loggerSettings(
  config: TrackerConfig,
  options: SQLLoggerOptions,
): LoggerSettings {
  checkLoggerOptions(options);
  // A run that is repeated in a mirror belongs to the project's own file.
  const path = pathInProject(dbPathOf(config));
  const project = projectNameOf(config);
  checkName(project, {
    action: "make a logger",
    what: "experiment.projectName",
  });
  return {
    config,
    options,
    path,
    project,
    onError: options.onError ?? "continue",
    timeout: options.busyTimeout ?? 30_000,
    bufferSize: options.bufferSize ?? 10_000,
    sync: options.synchronous === "full",
    snapshot: options.snapshot ?? true,
    now: options.now ?? Date.now,
    warn: options.onWarning ??
      ((message) => console.error(`ato: ${message}`)),
  };
}
