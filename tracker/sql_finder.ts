/**
 * Reading runs.
 *
 * @module
 */
import {
  checkAnyText,
  checkChoice,
  checkInteger,
  checkOptions,
  checkTexts,
  ifGiven,
} from "./_check.ts";
import { FinderFile } from "./_finder_file.ts";
import { readHistory } from "./_history.ts";
import type { StoredProgram } from "./_program_store.ts";
import { readFactors } from "./_read_factors.ts";
import type { ConsoleOptions, ConsolePart } from "./console.ts";
import { isOwnProgram, programOfRun, readText } from "./_read_program.ts";
import { atOnce } from "./_reading.ts";
import { checkRun } from "./_logger_checks.ts";
import type { RunRevision } from "./_revisions.ts";
import { RowReader } from "./_row_reader.ts";
import { inputsOfFactors, type RecordedInputs } from "./recorded_inputs.ts";
import type { BestRunQuery } from "./best_run.ts";
import type { TraceComparison } from "./compare_code.ts";
import { dbPathOf, type TrackerConfig } from "./db_path.ts";
import type { Connection, Driver, Row, SqlValue } from "./driver.ts";
import type { ColumnRequest, ProjectMetric } from "./metric_columns.ts";
import type { MetricSummary } from "./metrics.ts";
import { Run } from "./run_record.ts";
import {
  statisticsOf,
  toTraceVersion,
  type TraceName,
  type TraceStatistics,
  type TraceStatisticsOptions,
  traceVersionRows,
} from "./trace_versions.ts";
import type { History, RecordedFactors } from "../internal/run_facts.ts";
import { visible } from "../internal/visible_text.ts";

/** A project. */
export interface Project {
  /** Its id in this file. */
  readonly id: number;
  /** Its name. */
  readonly name: string;
  /** Its description. */
  readonly description?: string;
  /** When its first run started. */
  readonly createdAt?: Date;
}

/** Options for {@linkcode SQLFinder}. */
export interface SQLFinderOptions {
  /**
   * The SQLite driver.
   *
   * @default {the driver that `chooseDriver` returns}
   */
  readonly driver?: Driver;
  /**
   * Receives one line for each run or project that is left out of a list because it cannot be read.
   * Each line is reported once.
   *
   * @default {writes to stderr}
   */
  readonly onWarning?: (message: string) => void;
}

/** Options for {@linkcode SQLFinder.history}. */
export interface HistoryOptions {
  /**
   * The largest number of other runs.
   *
   * @default {2000}
   */
  readonly limit?: number;
  /**
   * The names of the metrics to read.
   *
   * @default {all metrics}
   */
  readonly metrics?: readonly string[];
  /**
   * Read the metrics of runs that are far from both only when they are asked for, and not when runs started. The file
   * must be open until then, and a metric that is damaged is missing, with a warning.
   *
   * @default {false}
   */
  readonly isLazy?: boolean;
}

function checkHistory(options: HistoryOptions): void {
  const action = "read a history";
  checkOptions(options, { action, what: ARGUMENT }, "an object");
  ifGiven(
    options.limit,
    (value) => checkInteger(value, { action, what: "limit" }, 0),
  );
  ifGiven(
    options.metrics,
    (value) => checkTexts(value, { action, what: "metrics" }),
  );
}

/** The attempt of a run to read. */
export interface AttemptOptions {
  /**
   * The attempt of a run that was resumed.
   *
   * @default {the newest one}
   */
  readonly attempt?: number;
}

function checkAttempt(options: AttemptOptions, action: string): void {
  checkOptions(options, { action, what: ARGUMENT }, "an object");
  ifGiven(
    options.attempt,
    (value) => checkInteger(value, { action, what: "attempt" }, 0),
  );
}

const NOT_DELETED = "e.deleted_at IS NULL";

/**
 * Reads runs from a file of Ato or of Python ato, without changing it. If nothing is found, methods
 * return `undefined` or an empty list and do not throw. Only `findRun` finds runs in the trash.
 *
 * If a damaged file cannot be read, methods throw a `StorageError` that names the run or the table.
 * Lists leave out the runs that cannot be read and warn of each, so that one damaged run does not hide
 * the others.
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
 * const config = { experiment: { projectName: "demo", sql: { dbPath: join(folder, "runs.db") } } };
 * const logger = new SQLLogger(config);
 * const id = await logger.run();
 * logger.logMetric("loss", 0.5);
 * await logger.finish();
 *
 * const finder = new SQLFinder(config);
 * const run = await finder.findRun(id);
 * assertEquals(run?.status, "completed");
 * assertEquals((await run?.metrics.summary("loss"))?.last, 0.5);
 * await finder.close();
 * rmSync(folder, { recursive: true });
 * ```
 */
export class SQLFinder {
  readonly #file: FinderFile;

  /**
   * Makes a finder. The file is opened at the first query.
   *
   * @param config A config with `experiment.sql.dbPath` (or `db_path`), or the path itself.
   * @param options The driver, and what receives warnings.
   * @throws {TypeError} If the config names no SQLite database.
   */
  constructor(config: TrackerConfig | string, options: SQLFinderOptions = {}) {
    this.#file = new FinderFile(dbPathOf(config), options);
  }

  /**
   * Finds a project by name.
   *
   * @param projectName The project's name.
   * @returns the project, or `undefined` if there is none.
   */
  async findProject(projectName: string): Promise<Project | undefined> {
    checkProject(projectName);
    const rows = await this.#file.all(
      "SELECT * FROM projects WHERE name = ?",
      projectName,
    );
    return this.#projects(rows)[0];
  }

  /**
   * Lists projects.
   *
   * @param options `withRuns`: only projects that have a run outside of the trash. `ato run` makes a project for a program
   * that then records its runs in another one. @default {all projects}
   * @returns the projects, sorted by name.
   */
  async listProjects(
    options: { readonly withRuns?: boolean } = {},
  ): Promise<Project[]> {
    checkOptions(
      options,
      { action: "list projects", what: ARGUMENT },
      "an object",
    );
    const filter = options.withRuns
      ? `WHERE EXISTS (SELECT 1 FROM experiments e WHERE e.project_id = projects.id AND ${NOT_DELETED})`
      : "";
    return this.#projects(
      await this.#file.all(`SELECT * FROM projects ${filter} ORDER BY name`),
    );
  }

  /**
   * Finds a run, also one in the trash.
   *
   * @param run Its id, its UUID, or a prefix of the UUID that no other run has (4 characters or more).
   * @returns the run, or `undefined` if there is none.
   * @throws {StorageError} If the run cannot be read.
   */
  async findRun(run: number | string): Promise<Run | undefined> {
    checkRun(run, "find a run", "what names it");
    if (typeof run === "number") {
      return await this.#run(
        "SELECT e.* FROM experiments e WHERE e.id = ?",
        run,
      );
    }
    const uuid = run.toLowerCase();
    if (!/^[0-9a-f-]{4,36}$/.test(uuid)) return undefined;
    return await this.#run(
      "SELECT e.* FROM experiments e WHERE e.uuid >= ? AND e.uuid < ? LIMIT 2",
      uuid,
      `${uuid}g`,
    );
  }

  /**
   * Lists the runs of a project.
   *
   * @param projectName The project's name.
   * @param options With `deleted: true`, the runs in the trash are listed instead. With `last`, only
   *   that many of the newest runs: to read all of them with their configs may take long. With `after`
   *   and `before`, only runs whose id is greater or less.
   * @returns the runs, oldest first.
   */
  async getRunsInProject(
    projectName: string,
    options: {
      readonly deleted?: boolean;
      readonly last?: number;
      readonly after?: number;
      readonly before?: number;
    } = {},
  ): Promise<Run[]> {
    const action = "list runs";
    checkProject(projectName);
    checkOptions(options, { action, what: ARGUMENT }, "an object");
    ifGiven(
      options.last,
      (value) => checkInteger(value, { action, what: "last" }, 0),
    );
    for (const what of ["after", "before"] as const) {
      ifGiven(options[what], (value) => checkInteger(value, { action, what }));
    }
    const filter = options.deleted ? "e.deleted_at IS NOT NULL" : NOT_DELETED;
    const runs = await this.#runs(
      `SELECT e.* FROM experiments e JOIN projects p ON p.id = e.project_id
       WHERE p.name = ? AND e.id > ? AND e.id < ? AND ${filter} ORDER BY e.id DESC LIMIT ?`,
      projectName,
      options.after ?? Number.MIN_SAFE_INTEGER,
      options.before ?? Number.MAX_SAFE_INTEGER,
      options.last ?? -1,
    );
    return runs.reverse();
  }

  /**
   * Finds the other runs whose config has the same structure.
   *
   * @param runId The id of the run.
   * @returns the runs, oldest first.
   */
  async findSimilarRuns(runId: number): Promise<Run[]> {
    checkInteger(runId, { action: "find similar runs", what: "the id" });
    return await this.#runs(
      `SELECT e.* FROM experiments b JOIN experiments e ON e.structural_hash = b.structural_hash
       WHERE b.id = ? AND e.id != b.id AND ${NOT_DELETED} ORDER BY e.id`,
      runId,
    );
  }

  /**
   * Finds the other runs in which a trace has the same fingerprint.
   *
   * @param runId The id of the run.
   * @param traceId The id of the trace.
   * @param options The kind of fingerprint.
   * @returns the runs, oldest first.
   */
  async findSimilarRunsByTrace(
    runId: number,
    traceId: string,
    options: {
      /**
       * The fingerprint that is compared: of the code, or of what it returned.
       *
       * @default {"static"}
       */
      readonly type?: "static" | "runtime";
    } = {},
  ): Promise<Run[]> {
    const action = "find similar runs";
    checkInteger(runId, { action, what: "the id" });
    checkTrace(traceId, action);
    checkOptions(options, { action, what: ARGUMENT }, "an object");
    const { type = "static" } = options;
    checkChoice(type, { action, what: "type" }, ["static", "runtime"]);
    const hashes = await this.#hashesOf(runId, traceId, type);
    return await this.#runs(
      `SELECT DISTINCT e.* FROM fingerprints f JOIN experiments e ON e.id = f.run_id
       WHERE f.trace_id = ? AND f.trace_type = ? AND f.run_id != ? AND ${NOT_DELETED}
         AND f.fingerprint IN (SELECT value FROM json_each(?)) ORDER BY e.id`,
      traceId,
      type,
      runId,
      JSON.stringify(hashes),
    );
  }

  /**
   * Finds the run with the best value of a metric. NaN and the infinities are never best. If several
   * runs have the best value, the oldest of them is returned. The time does not grow with the number
   * of points. Of a trial of a search, only what its completed attempts logged counts.
   *
   * @param query The project, the metric, and what counts as best.
   * @returns the run, or `undefined` if no run of the project has a finite value of the metric.
   */
  async findBestRun(query: BestRunQuery): Promise<Run | undefined> {
    return (await this.findBest(query))?.run;
  }

  /**
   * Finds the run as {@linkcode SQLFinder.findBestRun} does, and the value for which it is the best.
   *
   * @param query The project, the metric, and what counts as best.
   * @returns the run and the value, or `undefined` if no run of the project has a finite value of the metric.
   */
  async findBest(
    query: BestRunQuery,
  ): Promise<{ readonly run: Run; readonly value: number } | undefined> {
    // Modules that few programs need are loaded late: `ato why` is short.
    const { bestOf, checkBestRunQuery } = await import("./best_run.ts");
    checkBestRunQuery(query);
    const connection = await this.#file.open();
    const project = await this.findProject(query.projectName);
    if (connection === undefined || project === undefined) return undefined;
    const best = bestOf({
      connection,
      path: this.#file.path,
      projectId: project.id,
      skip: (read) => this.#file.orSkip(read),
    }, query);
    const run = best && await this.findRun(best.runId);
    return run && best && { run, value: best.value };
  }

  /**
   * Counts the versions of a traced function in a project.
   *
   * @param projectName The project's name.
   * @param traceId The id of the trace.
   * @param options Whether the indexes of the file are checked.
   * @returns the counts; zero if there is no such project or trace.
   */
  async getTraceStatistics(
    projectName: string,
    traceId: string,
    options: TraceStatisticsOptions = {},
  ): Promise<TraceStatistics> {
    const action = "count versions";
    checkProject(projectName);
    checkTrace(traceId, action);
    checkOptions(options, { action, what: ARGUMENT }, "an object");
    const connection = await this.#file.open();
    const trace = { projectName, traceId };
    const rows = connection === undefined
      ? []
      : options.verify === true
      ? this.#verifiedVersions(connection, trace)
      : traceVersionRows(connection, trace);
    const versions = rows.flatMap((row) =>
      this.#file.orSkip(() => toTraceVersion(row, this.#file.path)) ?? []
    );
    return statisticsOf(trace, versions);
  }

  /**
   * Compares the code of two runs: each traced function, and all that it uses.
   *
   * @param runA The first run: its id, its UUID, a prefix of the UUID, or the run itself, which may
   * come from another file.
   * @param runB The second run.
   * @returns the comparison of each trace of either run, by trace id; `undefined` if one of the runs
   * does not exist.
   *
   * @example
   * ```ts
   * import { RUN_SOURCE, SQLFinder, SQLLogger } from "@ato/ato/tracker";
   * import { assertEquals } from "@std/assert";
   * import { mkdtempSync, rmSync } from "node:fs";
   * import { tmpdir } from "node:os";
   * import { join } from "node:path";
   *
   * const folder = mkdtempSync(join(tmpdir(), "ato-"));
   * // A scope attaches this to the config; here it is made by hand.
   * const codeOf = (helper: string) => ({
   *   name: "config",
   *   history: () => ({}),
   *   onCode: () => () => {},
   *   onOutput: () => () => {},
   *   codeRecords: () =>
   *     Promise.resolve([{
   *       traceId: "train",
   *       hash: "ato-code-v1:1",
   *       deep: {
   *         hash: `ato-deep-v1:${helper}`,
   *         dependencies: [{ id: "utils.ts#scale", kind: "function" as const, hash: helper, source: helper }],
   *         packages: {},
   *         globals: [],
   *         blindSpots: [],
   *         modules: {},
   *       },
   *     }]),
   * });
   * const ids: number[] = [];
   * for (const helper of ["x * 2", "x * 3"]) {
   *   const config = {
   *     experiment: { projectName: "demo", sql: { dbPath: join(folder, "runs.db") } },
   *     [RUN_SOURCE]: codeOf(helper),
   *   };
   *   const logger = new SQLLogger(config);
   *   ids.push(await logger.run());
   *   await logger.finish();
   * }
   *
   * const finder = new SQLFinder(join(folder, "runs.db"));
   * const train = (await finder.compareCode(ids[0]!, ids[1]!))?.get("train");
   * assertEquals([train?.status, train?.own?.change], ["changed", "same"]);
   * assertEquals(train?.dependencies.map(({ change, before, after }) => [change, before?.source, after?.source]), [
   *   ["changed", "x * 2", "x * 3"],
   * ]);
   * await finder.close();
   * rmSync(folder, { recursive: true });
   * ```
   */
  async compareCode(
    runA: Run | number | string,
    runB: Run | number | string,
  ): Promise<ReadonlyMap<string, TraceComparison> | undefined> {
    const a = runA instanceof Run ? runA : await this.findRun(runA);
    const b = runB instanceof Run ? runB : await this.findRun(runB);
    if (a === undefined || b === undefined) return undefined;
    const { compareRunCode } = await import("./compare_code.ts");
    return compareRunCode(a, b);
  }

  /**
   * Returns the canonical source of a code fingerprint, or of the fingerprint of something that a
   * function uses.
   *
   * @param hash The fingerprint.
   * @returns the source, or `undefined` if it was not stored.
   */
  async getSource(hash: string): Promise<string | undefined> {
    checkAnyText(hash, { action: "get a source", what: "the fingerprint" });
    const rows = await this.#file.all(
      "SELECT source FROM sources WHERE hash = ?",
      hash,
    );
    return rows[0] && String(rows[0]["source"]);
  }

  /**
   * Reads the factors of a run: what could have decided its result, and how completely it was recorded.
   *
   * @param run The run: its id, its UUID, a prefix of the UUID, or the run itself.
   * @param options The attempt.
   * @returns the factors by id, with the coverage of each dimension; `undefined` if there is no such run or
   * attempt.
   * @throws {StorageError} If they cannot be read.
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
   * const experiment = { projectName: "demo", sql: { dbPath: join(folder, "runs.db") } };
   * const logger = new SQLLogger({ lr: 0.1, experiment });
   * const id = await logger.run({ seed: 7 });
   * await logger.finish();
   *
   * const finder = new SQLFinder({ experiment });
   * const { factors, coverage } = (await finder.factorsOf(id))!;
   * assertEquals([factors.get("config:lr"), factors.get("seed")], ["0.1", "7"]);
   * assertEquals([coverage.config.level, coverage.inputs.level], ["full", "none"]);
   * await finder.close();
   * rmSync(folder, { recursive: true });
   * ```
   */
  async factorsOf(
    run: Run | number | string,
    options: AttemptOptions = {},
  ): Promise<RecordedFactors | undefined> {
    checkAttempt(options, "read factors");
    const [connection, found] = await this.#found(run);
    return connection && found &&
      readFactors(connection, found.id, options.attempt);
  }

  /**
   * Lists what a run read: files, folders, addresses and environment variables.
   *
   * @param run The run: its id, its UUID, a prefix of the UUID, or the run itself.
   * @param options The attempt.
   * @returns the inputs, sorted by name, with their coverage; `undefined` if there is no such run or attempt.
   * @throws {StorageError} If they cannot be read.
   *
   * @example
   * ```ts
   * import { SQLFinder, SQLLogger } from "@ato/ato/tracker";
   * import { assertEquals } from "@std/assert";
   * import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
   * import { tmpdir } from "node:os";
   * import { join } from "node:path";
   *
   * const folder = mkdtempSync(join(tmpdir(), "ato-"));
   * writeFileSync(join(folder, "train.csv"), "1,2\n");
   * const experiment = { projectName: "demo", sql: { dbPath: join(folder, "runs.db") } };
   * const logger = new SQLLogger({ experiment });
   * const id = await logger.run();
   * logger.logInput(join(folder, "train.csv"), { name: "train" });
   * await logger.finish();
   *
   * const finder = new SQLFinder({ experiment });
   * const { inputs, coverage } = (await finder.inputsOf(id))!;
   * assertEquals(inputs.map(({ name, kind, bytes }) => [name, kind, bytes]), [["train", "file", 4]]);
   * assertEquals(coverage.level, "partial");
   * await finder.close();
   * rmSync(folder, { recursive: true });
   * ```
   */
  async inputsOf(
    run: Run | number | string,
    options: AttemptOptions = {},
  ): Promise<RecordedInputs | undefined> {
    checkAttempt(options, "read inputs");
    const [connection, found] = await this.#found(run);
    const recorded = connection && found &&
      readFactors(connection, found.id, options.attempt);
    return connection && recorded && inputsOfFactors(connection, recorded);
  }

  /**
   * Reads the program that a run recorded: its modules with their declarations, and the versions of packages.
   *
   * @param run The run: its id, its UUID, a prefix of the UUID, or the run itself.
   * @param options The attempt.
   * @returns the program; `undefined` if there is no such run or attempt, or it recorded no program.
   * {@linkcode SQLFinder.textOf} returns the text of its files.
   * @throws {StorageError} If it cannot be read.
   */
  async programOf(
    run: Run | number | string,
    options: AttemptOptions = {},
  ): Promise<StoredProgram | undefined> {
    checkAttempt(options, "read a program");
    const [connection, found] = await this.#found(run);
    return connection && found &&
      programOfRun(connection, found, options.attempt);
  }

  /**
   * Tells whether this user recorded the program that a run has: its seal can only be made with the user's own
   * key. A program without such a seal may be changed by anyone who can write to the file.
   *
   * @param run The run: its id, its UUID, a prefix of the UUID, or the run itself.
   * @returns true if the program is sealed.
   * @throws {StorageError} If it cannot be read.
   */
  async isOwnProgram(run: Run | number | string): Promise<boolean> {
    const [connection, found] = await this.#found(run);
    return connection !== undefined && found !== undefined &&
      isOwnProgram(connection, found);
  }

  /**
   * Reads what the program of a run printed under `ato run`.
   *
   * @param run The run: its id, its UUID, a prefix of the UUID, or the run itself.
   * @param options The attempt, and the place to start from.
   * @returns the parts in the order in which they were printed; empty if nothing was recorded. Two parts that do
   * not follow each other say that the output was long, and what is between them was not kept.
   * @throws {StorageError} If it cannot be read.
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
   * const experiment = { projectName: "demo", sql: { dbPath: join(folder, "runs.db") } };
   * const logger = new SQLLogger({ experiment });
   * const id = await logger.run();
   * logger.logConsole("stdout", new TextEncoder().encode("epoch 1\n"));
   * await logger.finish();
   *
   * const finder = new SQLFinder({ experiment });
   * const [part] = await finder.consoleOf(id);
   * assertEquals(new TextDecoder().decode(part!.bytes), "epoch 1\n");
   * await finder.close();
   * rmSync(folder, { recursive: true });
   * ```
   */
  async consoleOf(
    run: Run | number | string,
    options: ConsoleOptions = {},
  ): Promise<ConsolePart[]> {
    const action = "read what was printed";
    const { attempt, after, most } = options;
    checkAttempt(attempt === undefined ? {} : { attempt }, action);
    ifGiven(
      after,
      (value) => checkInteger(value, { action, what: "after" }, 0),
    );
    ifGiven(most, (value) => checkInteger(value, { action, what: "most" }, 1));
    const [connection, found] = await this.#found(run);
    if (connection === undefined || found === undefined) return [];
    const newest = found.attempts.at(-1)?.attempt ?? 0;
    const of = { runId: found.id, attempt: attempt ?? newest };
    const { readConsole } = await import("./_console_store.ts");
    return [...readConsole(connection, of, {
      ...(after !== undefined && { after }),
      ...(most !== undefined && { most }),
    })];
  }

  /**
   * Reads the text of a file of a program.
   *
   * @param sha256 The SHA-256 of the bytes of the file, in hex.
   * @returns the text, or `undefined` if it was not stored.
   * @throws {StorageError} If it cannot be read.
   */
  async textOf(sha256: string): Promise<string | undefined> {
    checkAnyText(sha256, { action: "read a text", what: "the SHA-256" });
    const connection = await this.#file.open();
    return connection && readText(connection, sha256);
  }

  /**
   * Reads two runs as sets of factors with their results, and the other runs of the project of the first one,
   * the nearest recipes first: those that differ in the fewest factors from one of the two, seeds apart. A run
   * that cannot be read is left out with a warning, but not one of the two.
   *
   * @param runA The first run: its id, its UUID, a prefix of the UUID, or the run itself.
   * @param runB The second run.
   * @param options The number of other runs, and the metrics.
   * @returns the history; `undefined` if one of the two runs does not exist.
   * @throws {StorageError} If one of the two runs cannot be read.
   */
  async history(
    runA: Run | number | string,
    runB: Run | number | string,
    options: HistoryOptions = {},
  ): Promise<History | undefined> {
    checkHistory(options);
    const [connection, a] = await this.#found(runA);
    const [, b] = await this.#found(runB);
    if (connection === undefined || a === undefined || b === undefined) {
      return undefined;
    }
    return atOnce(connection, () =>
      readHistory(connection, {
        pair: [a.id, b.id],
        projectId: a.projectId,
        limit: options.limit ?? 2_000,
        ...(options.metrics !== undefined && { metrics: options.metrics }),
        isLazy: options.isLazy === true,
        skip: (read) => this.#file.orSkip(read),
      }));
  }

  /**
   * Lists the metrics of a project.
   *
   * @param projectName The project's name.
   * @returns the metrics, those of the most runs first; empty if there is no such project.
   */
  async listMetrics(projectName: string): Promise<ProjectMetric[]> {
    const request = await this.#columns(projectName);
    if (request === undefined) return [];
    const { readProjectMetrics } = await import("./metric_columns.ts");
    return readProjectMetrics(request);
  }

  /**
   * Summarises a metric in all runs of a project, those in the trash too. It is one query, so that a table of
   * many runs is made quickly; {@linkcode RunMetrics.summary} gives the same for one run.
   *
   * @param projectName The project's name.
   * @param metric The metric's name.
   * @returns the summaries, by the id of the run; runs without the metric are missing.
   */
  async summariesOf(
    projectName: string,
    metric: string,
  ): Promise<Map<number, MetricSummary>> {
    checkAnyText(metric, { action: "read a metric", what: "its name" });
    const request = await this.#columns(projectName);
    if (request === undefined) return new Map();
    const { readMetricSummaries } = await import("./metric_columns.ts");
    return readMetricSummaries(request, metric);
  }

  /**
   * Returns a number that changes when another connection has changed the file. It says nothing about what
   * changed. To ask costs a few microseconds, so that a program can wait for changes.
   *
   * @returns the number; `undefined` if there is no file with runs yet.
   */
  async dataVersion(): Promise<number | undefined> {
    const [row] = await this.#file.all("PRAGMA data_version");
    return row && Number(row["data_version"]);
  }

  /**
   * Lists all runs, those in the trash too, each with a text that changes whenever the run does, so that a program
   * that follows a file reads only what changed. It is one query.
   *
   * @returns the runs, oldest first. What a run printed, and its heartbeat, are no part of the texts.
   */
  async revisions(): Promise<RunRevision[]> {
    const connection = await this.#file.open();
    if (connection === undefined) return [];
    const { readRevisions } = await import("./_revisions.ts");
    return readRevisions(
      connection,
      this.#file.path,
      (read) => this.#file.orSkip(read),
    );
  }

  async #columns(projectName: string): Promise<ColumnRequest | undefined> {
    const project = await this.findProject(projectName);
    const connection = await this.#file.open();
    return connection && project && {
      connection,
      projectId: project.id,
      skip: (read) => this.#file.orSkip(read),
    };
  }

  async #found(
    run: Run | number | string,
  ): Promise<[Connection | undefined, Run | undefined]> {
    const connection = await this.#file.open();
    return [connection, run instanceof Run ? run : await this.findRun(run)];
  }

  /** Closes the file. The runs that were read cannot be asked for more afterwards. */
  async close(): Promise<void> {
    await this.#file.close();
  }

  /** Closes the file. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #runs(sql: string, ...params: SqlValue[]): Promise<Run[]> {
    const connection = await this.#file.open();
    if (connection === undefined) return [];
    return connection.prepare(sql).all(...params).flatMap((row) =>
      this.#file.orSkip(() => new Run(connection, row)) ?? []
    );
  }

  /** The run that a query finds; `undefined` if it finds none or several. */
  async #run(sql: string, ...params: SqlValue[]): Promise<Run | undefined> {
    const connection = await this.#file.open();
    const [row, another] = connection?.prepare(sql).all(...params) ?? [];
    return connection && row !== undefined && another === undefined
      ? new Run(connection, row)
      : undefined;
  }

  /** The fingerprints that a trace has in a run. */
  async #hashesOf(
    run: number,
    traceId: string,
    type: string,
  ): Promise<string[]> {
    const rows = await this.#file.all(
      "SELECT fingerprint FROM fingerprints WHERE run_id = ? AND trace_id = ? AND trace_type = ?",
      run,
      traceId,
      type,
    );
    const place = { path: this.#file.path, table: "fingerprints", run };
    // A value that is not text is damaged, and would equal another one with the same damage.
    return rows.map((row) => new RowReader(row, place).text("fingerprint"));
  }

  #projects(rows: readonly Row[]): Project[] {
    return rows.flatMap((row) =>
      this.#file.orSkip(() => toProject(row, this.#file.path)) ?? []
    );
  }

  #verifiedVersions(connection: Connection, trace: TraceName): Row[] {
    const rows = traceVersionRows(connection, { ...trace, fromTables: true });
    const indexed = this.#file.orSkip(() =>
      traceVersionRows(connection, trace)
    );
    if (
      indexed !== undefined && JSON.stringify(indexed) !== JSON.stringify(rows)
    ) {
      this.#file.warn(
        `${
          visible(this.#file.path)
        } is damaged: an index of its fingerprints does not agree with the ` +
          "table, from which the versions are counted here; `ato doctor --full` checks the file",
      );
    }
    return rows;
  }
}

const ARGUMENT = "the argument";

function checkProject(name: unknown): void {
  checkAnyText(name, { action: "find a project", what: "its name" });
}

function checkTrace(traceId: unknown, action: string): void {
  checkAnyText(traceId, { action, what: "the id of the trace" });
}

function toProject(row: Row, path: string): Project {
  const read = new RowReader(row, { path, table: "projects" });
  const description = read.optionalText("description");
  const createdAt = read.optionalTime("created_at");
  return {
    id: read.integer("id"),
    name: read.text("name"),
    ...(description !== undefined && { description }),
    ...(createdAt !== undefined && { createdAt }),
  };
}
