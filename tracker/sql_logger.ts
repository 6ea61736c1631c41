/**
 * Writes runs.
 *
 * @module
 */
import { resolve } from "node:path";
import { messageOf } from "../internal/errors.ts";
import { encodeJson } from "../internal/json.ts";
import { startContent } from "../internal/late_inputs.ts";
import { giveInput, type InputOptions } from "../internal/given_inputs.ts";
import { announceRun, placesOfLaunch } from "../internal/launch_note.ts";
import { beginRun, type NewRunPlan } from "./_begin_run.ts";
import { describeRun, sourceOf } from "./_describe_run.ts";
import { hashFile, isMissing } from "./_hash_file.ts";
import {
  checkArtifact,
  checkConsole,
  checkFinish,
  checkInput,
  checkPoint,
  checkPoints,
  checkRunOptions,
  checkValues,
} from "./_logger_checks.ts";
import { type LoggerSettings, loggerSettings } from "./_logger_settings.ts";
import { OpenRun } from "./_open_run.ts";
import { prepareProgram, readyProgram } from "./_take_program.ts";
import type { RunFile } from "./_run_file.ts";
import type { ConsoleStream } from "./console.ts";
import { syncOf, type TrackerConfig } from "./db_path.ts";
import {
  classifyStorageProblem,
  toStorageError,
  TrackerUsageError,
} from "./errors.ts";
import type {
  FinishOptions,
  MetricPointInput,
  RunOptions,
  SQLLoggerOptions,
} from "./logger_options.ts";
import { chooseDriver } from "./open.ts";

/**
 * Writes runs into a SQLite file. When `logMetric` returns, the point survives a killed process.
 *
 * @example
 * ```ts
 * import { SQLFinder, SQLLogger } from "@ato/ato/tracker";
 * import { assertEquals } from "@std/assert";
 * import { mkdtempSync, rmSync } from "node:fs";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 *
 * const folder = mkdtempSync(join(tmpdir(), "ato-"));
 * const config = {
 *   lr: 0.1,
 *   experiment: { projectName: "demo", sql: { dbPath: join(folder, "runs.db") } },
 * };
 * const logger = new SQLLogger(config);
 * const runId = await logger.run({ tags: ["first"] });
 * for (let step = 0; step < 3; step++) logger.logMetric("loss", 1 / (step + 1), step);
 * await logger.finish();
 *
 * const finder = new SQLFinder(config);
 * const best = await finder.findBestRun({ projectName: "demo", metric: "loss", mode: "min" });
 * assertEquals(best?.id, runId);
 * await finder.close();
 * rmSync(folder, { recursive: true });
 * ```
 */
export class SQLLogger {
  readonly #settings: LoggerSettings;
  /** The run that is being logged, or the last one. */
  #run: OpenRun | undefined;

  /**
   * Makes a logger; the file is opened by `run`.
   *
   * @param config An ADict or a plain object with `experiment.projectName` and
   *   `experiment.sql.dbPath` (or `project_name`, `db_path`).
   * @param options Options for writing.
   * @throws {TypeError} If the config names no project or no SQLite database.
   */
  constructor(config: TrackerConfig, options: SQLLoggerOptions = {}) {
    this.#settings = loggerSettings(config, options);
  }

  /** The config that the logger was made with. */
  get config(): TrackerConfig {
    return this.#settings.config;
  }

  /** The options that the logger was made with. */
  get options(): SQLLoggerOptions {
    return this.#settings.options;
  }

  /** The UUID of the current run, its identity across machines; `undefined` before `run`. */
  get runUuid(): string | undefined {
    return this.#run?.uuid;
  }

  /**
   * The id of the current run in the file; `undefined` before `run`, after `finish`, and while the file
   * has not been opened.
   */
  get runId(): number | undefined {
    return this.#run?.runId;
  }

  /**
   * Starts a run, or resumes one.
   *
   * @param options What to record.
   * @returns the id of the run in this file; 0 if the file is not writable and `onError` is
   *   `continue`: then the run is kept in a spill file beside the database until the file is writable.
   * @throws {TrackerUsageError} If an option is wrong, or the path of the database is a folder.
   * @throws {NewerSchemaError} If a newer Ato wrote the file.
   * @throws {StorageError} If the file is not writable and `onError` is `throw`, or if no spill file can be
   *   made beside it either, e.g. because its folder cannot be made.
   * @throws {RangeError} If the file does not have the run to resume.
   * @throws {Error} If the last run of this logger has not been finished, or if the run to resume
   *   is still being logged.
   */
  async run(options: RunOptions = {}): Promise<number> {
    checkRunOptions(options);
    if (this.#run?.isOpen) {
      throw new Error(
        "Cannot start a run: the last one has not been finished; call finish first",
      );
    }
    const settings = this.#settings;
    const driver = settings.options.driver ?? await chooseDriver();
    this.#run?.release();
    if (settings.snapshot) prepareProgram(sourceOf(settings.config));
    const described = await describeRun(settings, driver, options);
    const taken = settings.snapshot
      ? readyProgram(sourceOf(settings.config))
      : undefined;
    const plan = {
      settings,
      driver,
      options,
      ...described,
      ...(taken !== undefined && { taken }),
    };
    this.#run = new OpenRun(plan, openFile(plan));
    await this.#run.recordProgram();
    const { runId: id, uuid } = this.#run;
    if (id !== undefined) {
      const isObserved = sourceOf(settings.config)?.onLate !== undefined;
      announceRun({
        path: resolve(settings.path),
        id,
        uuid,
        ...(isObserved && { isObserved }),
      });
      await this.#startFollowers(uuid);
    }
    return id ?? 0;
  }

  /** Starts what sends the run to other places, if any are named. The run never fails by it. */
  async #startFollowers(uuid: string): Promise<void> {
    const { config, path, warn } = this.#settings;
    try {
      const places = [...syncOf(config), ...placesOfLaunch()];
      if (places.length === 0) return;
      // Most programs need nothing of it.
      const { startFollowers } = await import("./_start_followers.ts");
      await startFollowers({ path, uuid, places, warn });
    } catch (error) {
      warn(messageOf(error));
    }
  }

  /**
   * Logs one point. When this returns, killing the process cannot lose it.
   *
   * @param key The name of the metric.
   * @param value The value; NaN and the infinities are kept.
   * @param step The step, an integer in any order; by default the one after the greatest of the metric.
   * @throws {TrackerUsageError} If SQLite would change the name, the value is not a number, or the step
   *   is not an integer.
   * @throws {StorageError} If the file is not writable and `onError` is `throw`.
   */
  logMetric(key: string, value: number, step?: number): void {
    checkPoint(key, value, step);
    this.#openRun().logPoint(key, value, step);
  }

  /**
   * Logs several metrics of one step, all or none, in one transaction.
   *
   * @param values Values by the name of their metric.
   * @param step Their step; by default the next one of each metric.
   * @throws {TrackerUsageError} If SQLite would change a name, a value is not a number, or the step is not
   *   an integer.
   * @throws {StorageError} If the file is not writable and `onError` is `throw`.
   */
  logMetrics(values: Readonly<Record<string, number>>, step?: number): void {
    checkValues(values);
    this.logMetricBatch(
      Object.entries(values).map(([key, value]) => ({
        key,
        value,
        ...(step !== undefined && { step }),
      })),
    );
  }

  /**
   * Logs many points, all or none, in one transaction; much faster than one by one.
   *
   * @param points The points.
   * @throws {TrackerUsageError} If SQLite would change a name, a value is not a number, or a step is not an
   *   integer.
   * @throws {StorageError} If the file is not writable and `onError` is `throw`.
   */
  logMetricBatch(points: readonly MetricPointInput[]): void {
    checkPoints(points);
    this.#openRun().logPoints(points);
  }

  /**
   * Records a file that belongs to the run: its path, size and SHA-256. If the file is missing, a warning
   * says so; a folder and an address such as `s3://bucket/model` have a path only.
   *
   * @param path The file; it is not copied.
   * @param options `type`, e.g. `model`, and any `metadata` that can be written as JSON.
   * @throws {TrackerUsageError} If the path is not a string.
   * @throws {StorageError} If the file is not writable and `onError` is `throw`.
   */
  logArtifact(
    path: string,
    options: { readonly type?: string; readonly metadata?: unknown } = {},
  ): void {
    checkArtifact(path, options);
    const run = this.#openRun();
    const { type = null, metadata } = options;
    const info = metadata === undefined ? null : encodeJson(metadata).text;
    const file = hashFile(path);
    if (file === undefined) this.#warnIfMissing(path);
    run.logArtifact({ path, type, info, ...file });
  }

  /**
   * Records what the program of the run prints, as `ato run` does. Of a long output, the first MiB and the last
   * 4 MiB are kept. It is written about once a second, and when the run ends.
   *
   * @param stream The stream that it was printed to.
   * @param bytes What was printed.
   * @throws {TrackerUsageError} If the stream is unknown, or what was printed is not bytes.
   * @throws {StorageError} If the file is not writable and `onError` is `throw`.
   */
  logConsole(stream: ConsoleStream, bytes: Uint8Array): void {
    checkConsole(stream, bytes);
    this.#openRun().logConsole(stream, bytes);
  }

  /**
   * Records what the run reads, as it is when this is called: its SHA-256 is an input of the run, which `ato why`
   * compares. The file is hashed in the background, and `finish` waits for it.
   *
   * @param what A file, a folder, a path with wildcards (`data/*.csv`), a URL, or a list of these. A URL of http(s)
   *   is not downloaded: the server is asked for its `ETag`.
   * @param options `name`: its name, instead of its path from the project's root.
   * @throws {TrackerUsageError} If an argument is of another type, or several files are to have one name.
   * @throws {MissingInputError} If there is no such file, or none that matches.
   * @throws {Error} If no run has been started.
   */
  logInput(
    what: string | URL | readonly (string | URL)[],
    options: InputOptions = {},
  ): void {
    checkInput(options);
    const run = this.#openRun();
    const { reads } = giveInput(what, options, {
      action: "log an input",
      error: TrackerUsageError,
      start: startContent,
    });
    run.logInput(reads);
  }

  /**
   * Ends the run and closes the file. A second call does nothing.
   *
   * @param options The status, or the error that ended the run.
   * @throws {TrackerUsageError} If the status is unknown.
   * @throws {StorageError} If the file is not writable and `onError` is `throw`.
   */
  async finish(options: FinishOptions = {}): Promise<void> {
    checkFinish(options);
    if (this.#run?.isOpen) await this.#run.finish(options);
  }

  /**
   * Runs `work`, then ends the run: as `completed`, or, if `work` throws, as `failed` with the error.
   *
   * @param work The work of the run.
   * @returns what `work` returns.
   * @throws the error that `work` throws. If the end of the run cannot be stored then, that is a warning.
   */
  async track<T>(work: () => T | Promise<T>): Promise<T> {
    let result: T;
    try {
      result = await work();
    } catch (error) {
      await this.#finishFailed(error);
      throw error;
    }
    await this.finish();
    return result;
  }

  /** Ends a run that an error ended. That error is what the caller has to see, so another one is a warning. */
  async #finishFailed(error: unknown): Promise<void> {
    try {
      await this.finish({ error, status: "failed" });
    } catch (other) {
      this.#settings.warn(
        `Cannot end the run as failed: ${messageOf(other)}`,
      );
    }
  }

  /**
   * Ends the run as `completed` unless it has ended. JavaScript does not tell a disposer that its
   * block threw: if the error ends the process, the run still becomes `failed` with it; if an outer block
   * catches the error, use {@linkcode SQLLogger.track} instead.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#run?.isOpen) await this.#run.dispose();
  }

  #openRun(): OpenRun {
    const run = this.#run;
    if (run?.isOpen) return run;
    throw new Error("Cannot log: no run has started; call run first");
  }

  /** Warns of a missing artifact: it is recorded, but it is probably a mistake. */
  #warnIfMissing(path: string): void {
    // The file of an address is elsewhere, and a file may exist though this process cannot read it.
    if (/^[a-z][a-z0-9+.-]*:\/\//i.test(path) || !isMissing(path)) return;
    this.#settings.warn(
      `Cannot find the artifact ${path}: its path is recorded, without size and SHA-256; write the file first`,
    );
  }
}

/** Opens the file; if it is not writable and the run can continue without it, returns the reason. */
function openFile(plan: NewRunPlan): RunFile | { readonly error: unknown } {
  const { settings: { path, onError }, options: { resume, trial } } = plan;
  try {
    return beginRun(plan);
  } catch (error) {
    const isNew = resume === undefined && trial === undefined;
    if (isNew && onError === "continue") return { error };
    if (classifyStorageProblem(error) === undefined) throw error;
    throw toStorageError("open", { path, cause: error });
  }
}
