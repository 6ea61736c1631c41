/**
 * Reading runs.
 *
 * @module
 */
import { existsSync } from "node:fs";
import {
  checkAnyText,
  checkChoice,
  checkInteger,
  checkOptions,
  ifGiven,
} from "./_check.ts";
import { checkRun } from "./_logger_checks.ts";
import { addLegacyViews } from "./_legacy_views.ts";
import { refuseNewer, schemaVersion } from "./_migrations.ts";
import { checkedSeries, checkedSummary } from "./_series_summary.ts";
import { looseTable } from "./_loose_rows.ts";
import { RowReader } from "./_row_reader.ts";
import { traceVersionRows } from "./_trace_versions.ts";
import { compareRunCode, type TraceComparison } from "./compare_code.ts";
import { dbPathOf, type TrackerConfig } from "./db_path.ts";
import type { Connection, Driver, Row, SqlValue } from "./driver.ts";
import {
  classifyStorageProblem,
  damageError,
  type Place,
  StorageError,
  toStorageError,
} from "./errors.ts";
import { openForReading } from "./open.ts";
import { Run } from "./run_record.ts";
import { visible } from "../internal/visible_text.ts";

/** A project. */
export interface Project {
  /** Its id in this file. */
  readonly id: number;
  /** Its name. */
  readonly name: string;
  /** What it is about. */
  readonly description?: string;
  /** When its first run began. */
  readonly createdAt?: Date;
}

/** What to look for. */
export interface BestRunQuery {
  /** The project's name. */
  readonly projectName: string;
  /** The metric's name. */
  readonly metric: string;
  /**
   * Whether the greatest or the least value is best.
   *
   * @default {"max"}
   */
  readonly mode?: "max" | "min";
  /**
   * `best` compares the best value that a run ever had, `last` the value at its last step.
   *
   * @default {"best"}
   */
  readonly by?: "best" | "last";
}

/** One version of a traced function, or of what it returns. */
export interface TraceVersion {
  /** The fingerprint. */
  readonly hash: string;
  /** Of the code, of the code with all that it uses, or of what it returned. */
  readonly type: "static" | "deep" | "runtime";
  /** How many runs have it. */
  readonly count: number;
  /** When the first of them began. */
  readonly firstSeen?: Date;
  /** When the last of them began. */
  readonly lastSeen?: Date;
}

/** How often a traced function changed. */
export interface TraceStatistics {
  /** The project's name. */
  readonly projectName: string;
  /** The id of the trace. */
  readonly traceId: string;
  /** How many versions of the code. */
  readonly staticTraceVersions: number;
  /** How many versions of the code with all that it uses. */
  readonly deepTraceVersions: number;
  /** How many versions of what it returned. */
  readonly runtimeTraceVersions: number;
  /** Every version, by when it was first seen. */
  readonly versions: readonly TraceVersion[];
}

/** How to read. */
export interface SQLFinderOptions {
  /**
   * The SQLite driver.
   *
   * @default {chosen by `ATO_SQLITE`, then by what is there and safe}
   */
  readonly driver?: Driver;
  /**
   * Takes a line for each run or project that a list leaves out because it cannot be read, once.
   *
   * @default {writes to stderr}
   */
  readonly onWarning?: (message: string) => void;
}

/** How to count the versions of a trace. */
export interface TraceStatisticsOptions {
  /**
   * Whether to count from the tables, and to tell `onWarning` if an index does not agree with them. It
   * takes as long as there are fingerprints in the file.
   *
   * @default {false}
   */
  readonly verify?: boolean;
}

/** What the rows of a table belong to, where that is not a run. */
const OWNERS: Readonly<Record<string, string>> = {
  experiments: "project",
  points: "series",
  rollups: "series",
};

const NOT_DELETED = "e.deleted_at IS NULL";

/**
 * Reads runs from a file of Ato or of Python ato, without changing it. A question that has no answer
 * gives `undefined` or an empty list, never an error. Only `findRun` finds runs in the trash.
 *
 * What a damaged file cannot answer is a `StorageError` that names the run or the table. A list
 * leaves out a run that cannot be read, and says so in a line: one run never hides the others.
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
  readonly #path: string;
  readonly #options: SQLFinderOptions;
  #connection: Promise<Connection | undefined> | undefined;
  readonly #told = new Set<string>();

  /**
   * Makes a finder; the file is opened at the first question.
   *
   * @param config A config with `experiment.sql.dbPath` (or `db_path`), or the path itself.
   * @param options How to read.
   * @throws {TypeError} if the config names no SQLite database.
   */
  constructor(config: TrackerConfig | string, options: SQLFinderOptions = {}) {
    this.#path = dbPathOf(config);
    this.#options = options;
  }

  /**
   * Finds a project by name.
   *
   * @param projectName The name.
   * @returns the project, or `undefined`.
   */
  async findProject(projectName: string): Promise<Project | undefined> {
    checkProject(projectName);
    const rows = await this.#all(
      "SELECT * FROM projects WHERE name = ?",
      projectName,
    );
    return this.#projects(rows)[0];
  }

  /**
   * Lists all projects.
   *
   * @returns the projects, by name.
   */
  async listProjects(): Promise<Project[]> {
    return this.#projects(
      await this.#all("SELECT * FROM projects ORDER BY name"),
    );
  }

  /**
   * Finds a run, also one in the trash.
   *
   * @param run Its id, its UUID, or the beginning of it if that is unique (4 characters or more).
   * @returns the run, or `undefined`.
   * @throws {StorageError} if it cannot be read.
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
   * @param options `deleted: true` for those in the trash instead; `last` for only so many of the
   *   newest: all of them, with their configs, may be much to read.
   * @returns the runs, oldest first.
   */
  async getRunsInProject(
    projectName: string,
    options: { readonly deleted?: boolean; readonly last?: number } = {},
  ): Promise<Run[]> {
    const action = "list runs";
    checkProject(projectName);
    checkOptions(options, { action, what: "what it is told" }, "an object");
    ifGiven(
      options.last,
      (value) => checkInteger(value, { action, what: "last" }, 0),
    );
    const filter = options.deleted ? "e.deleted_at IS NOT NULL" : NOT_DELETED;
    const runs = await this.#runs(
      `SELECT e.* FROM experiments e JOIN projects p ON p.id = e.project_id
       WHERE p.name = ? AND ${filter} ORDER BY e.id DESC LIMIT ?`,
      projectName,
      options.last ?? -1,
    );
    return runs.reverse();
  }

  /**
   * Finds the other runs whose config has the same structure.
   *
   * @param runId The run.
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
   * @param runId The run.
   * @param traceId The id of the trace.
   * @param options `type`: of the code (`static`, the default) or of what it returned (`runtime`).
   * @returns the runs, oldest first.
   */
  async findSimilarRunsByTrace(
    runId: number,
    traceId: string,
    options: {
      /**
       * Which fingerprint.
       *
       * @default {"static"}
       */
      readonly type?: "static" | "runtime";
    } = {},
  ): Promise<Run[]> {
    const action = "find similar runs";
    checkInteger(runId, { action, what: "the id" });
    checkTrace(traceId, action);
    checkOptions(options, { action, what: "what it is told" }, "an object");
    ifGiven(
      options.type,
      (value) =>
        checkChoice(value, { action, what: "type" }, ["static", "runtime"]),
    );
    const type = options.type ?? "static";
    const own = await this.#all(
      "SELECT fingerprint FROM fingerprints WHERE run_id = ? AND trace_id = ? AND trace_type = ?",
      runId,
      traceId,
      type,
    );
    // A value that is not text is damaged, and would equal another one with the same damage.
    const hashes = own.map((row) =>
      new RowReader(row, {
        path: this.#path,
        table: "fingerprints",
        run: runId,
      }).text("fingerprint")
    );
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
   * Finds the run with the best value of a metric. NaN and the infinities never win; of equal runs
   * the oldest does. Costs the same however many points there are.
   *
   * @param query What to look for.
   * @returns the run, or `undefined` if no run of the project has a finite value of the metric.
   */
  async findBestRun(query: BestRunQuery): Promise<Run | undefined> {
    checkBestRunQuery(query);
    const connection = await this.#open();
    const project = await this.findProject(query.projectName);
    if (connection === undefined || project === undefined) return undefined;
    const order = bestOrder(query);
    const search: Search = {
      order,
      query,
      projectId: project.id,
      path: this.#path,
      skip: (work) => this.#orSkip(work),
    };
    tellBroken(connection, search);
    const candidates = [
      bestClosed(connection, search),
      ...openOnes(connection, search),
    ].filter((candidate) => candidate !== undefined);
    candidates.sort((a, b) =>
      order.sign * (b.value - a.value) || a.runId - b.runId
    );
    const best = candidates[0];
    return best === undefined ? undefined : await this.findRun(best.runId);
  }

  /**
   * Counts the versions of a traced function in a project.
   *
   * @param projectName The project's name.
   * @param traceId The id of the trace.
   * @param options How far to trust the file.
   * @returns the counts, zero where the project or the trace is not there.
   */
  async getTraceStatistics(
    projectName: string,
    traceId: string,
    options: TraceStatisticsOptions = {},
  ): Promise<TraceStatistics> {
    checkProject(projectName);
    checkTrace(traceId, "count versions");
    checkOptions(
      options,
      { action: "count versions", what: "what it is told" },
      "an object",
    );
    const connection = await this.#open();
    const trace = { projectName, traceId };
    const rows = connection === undefined
      ? []
      : options.verify === true
      ? this.#verifiedVersions(connection, trace)
      : traceVersionRows(connection, trace);
    const versions = rows.flatMap((row) =>
      this.#orSkip(() => toVersion(row, this.#path)) ?? []
    );
    const countOf = (type: string): number =>
      versions.filter((one) => one.type === type).length;
    return {
      projectName,
      traceId,
      staticTraceVersions: countOf("static"),
      deepTraceVersions: countOf("deep"),
      runtimeTraceVersions: countOf("runtime"),
      versions,
    };
  }

  /**
   * Tells what changed in the code between two runs: in each traced function, and in all that it
   * uses.
   *
   * @param runA The first run: its id, its UUID or the beginning of it, or the run itself, which may
   * come from another file.
   * @param runB The second run.
   * @returns the comparison of each trace that either run has, by trace id; `undefined` if there is
   * no such run.
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
    return a && b && compareRunCode(a, b);
  }

  /**
   * The canonical source behind a code fingerprint, or behind that of something a function uses.
   *
   * @param hash The fingerprint.
   * @returns the source, or `undefined` if it was not stored.
   */
  async getSource(hash: string): Promise<string | undefined> {
    checkAnyText(hash, { action: "get a source", what: "the fingerprint" });
    const rows = await this.#all(
      "SELECT source FROM sources WHERE hash = ?",
      hash,
    );
    return rows[0] && String(rows[0]["source"]);
  }

  /** Closes the file. The runs that were read can no longer be asked for more. */
  async close(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    (await connection)?.close();
  }

  /** Closes the file. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #runs(sql: string, ...params: SqlValue[]): Promise<Run[]> {
    const connection = await this.#open();
    if (connection === undefined) return [];
    return connection.prepare(sql).all(...params).flatMap((row) =>
      this.#orSkip(() => new Run(connection, row)) ?? []
    );
  }

  /** The only run that there is. */
  async #run(sql: string, ...params: SqlValue[]): Promise<Run | undefined> {
    const connection = await this.#open();
    const rows = connection?.prepare(sql).all(...params) ?? [];
    return connection && rows.length === 1
      ? new Run(connection, rows[0]!)
      : undefined;
  }

  #projects(rows: readonly Row[]): Project[] {
    return rows.flatMap((row) =>
      this.#orSkip(() => toProject(row, this.#path)) ?? []
    );
  }

  /** Leaves out of a list what cannot be read, with one line that says so. */
  #orSkip<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof StorageError) || error.problem !== "corrupt") {
        throw error;
      }
      this.#tell(error.message);
      return undefined;
    }
  }

  #verifiedVersions(
    connection: Connection,
    trace: { projectName: string; traceId: string },
  ): Row[] {
    const rows = traceVersionRows(connection, { ...trace, fromTables: true });
    const indexed = this.#orSkip(() => traceVersionRows(connection, trace));
    if (
      indexed !== undefined && JSON.stringify(indexed) !== JSON.stringify(rows)
    ) {
      this.#tell(
        `${
          visible(this.#path)
        } is damaged: an index of its fingerprints does not agree with the ` +
          "table, from which the versions are counted here; `ato doctor --full` checks the file",
      );
    }
    return rows;
  }

  #tell(message: string): void {
    if (this.#told.has(message)) return;
    this.#told.add(message);
    const { onWarning = (line) => console.error(`ato: ${line}`) } =
      this.#options;
    onWarning(message);
  }

  /** What belongs to a run that is not there is in no answer. */
  #tellLoose(connection: Connection): void {
    // A table that cannot be read is told of, and hides nothing that stands in the others.
    const table = this.#orSkip(() => looseTable(connection));
    if (table === undefined) return;
    this.#tell(
      `${visible(this.#path)} has rows of ${table} that belong to no ${
        OWNERS[table] ?? "run"
      }: what is shown may ` +
        "lack them; it is damaged, or rows were deleted by hand; `ato doctor` checks the file",
    );
  }

  async #all(sql: string, ...params: SqlValue[]): Promise<Row[]> {
    const connection = await this.#open();
    return connection === undefined
      ? []
      : connection.prepare(sql).all(...params);
  }

  async #open(): Promise<Connection | undefined> {
    this.#connection ??= this.#connect();
    try {
      const connection = await this.#connection;
      // A file that is not there yet may come.
      if (connection === undefined) this.#connection = undefined;
      return connection;
    } catch (error) {
      this.#connection = undefined;
      throw error;
    }
  }

  async #connect(): Promise<Connection | undefined> {
    if (!existsSync(this.#path)) return undefined;
    let connection: Connection | undefined;
    try {
      connection = await openForReading(this.#path, this.#options);
      refuseNewer(connection, this.#path);
      if (schemaVersion(connection) > 0) {
        this.#tellLoose(connection);
        return connection;
      }
      const table = connection.prepare(
        "SELECT 1 AS found FROM sqlite_master WHERE type = 'table' AND name = 'experiments'",
      ).get();
      if (table !== undefined) {
        this.#tellLoose(connection);
        addLegacyViews(connection);
        return connection;
      }
      connection.close();
      return undefined;
    } catch (error) {
      connection?.close();
      if (classifyStorageProblem(error) === undefined) throw error;
      throw toStorageError("read", { path: this.#path, cause: error });
    }
  }
}

function checkProject(name: unknown): void {
  const action = "find a project";
  checkAnyText(name, { action, what: "its name" });
}

function checkTrace(traceId: unknown, action: string): void {
  checkAnyText(traceId, { action, what: "the id of the trace" });
}

function checkBestRunQuery(query: BestRunQuery): void {
  const action = "find the best run";
  checkOptions(
    query,
    { action, what: "what it is told" },
    'an object, e.g. { projectName: "demo", metric: "loss", mode: "min" }',
  );
  checkProject(query.projectName);
  checkAnyText(query.metric, { action, what: "metric" });
  ifGiven(
    query.mode,
    (value) => checkChoice(value, { action, what: "mode" }, ["max", "min"]),
  );
  ifGiven(
    query.by,
    (value) => checkChoice(value, { action, what: "by" }, ["best", "last"]),
  );
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

function toVersion(row: Row, path: string): TraceVersion {
  const read = new RowReader(row, { path, table: "fingerprints" });
  const type = read.text("type");
  if (type !== "static" && type !== "deep" && type !== "runtime") {
    throw read.damage("trace_type", "is neither static nor runtime");
  }
  const [firstSeen, lastSeen] = [
    read.optionalTime("first_seen"),
    read.optionalTime("last_seen"),
  ];
  return {
    hash: read.text("hash"),
    type,
    count: read.count("count"),
    ...(firstSeen !== undefined && { firstSeen }),
    ...(lastSeen !== undefined && { lastSeen }),
  };
}

interface Order {
  readonly column: "min" | "max" | "last";
  readonly direction: "ASC" | "DESC";
  readonly sign: 1 | -1;
}

interface Candidate {
  readonly runId: number;
  readonly value: number;
}

interface Search {
  readonly order: Order;
  readonly query: BestRunQuery;
  readonly projectId: number;
  readonly path: string;
  /** Leaves a candidate out that cannot be read. */
  skip<T>(read: () => T): T | undefined;
}

function bestOrder(query: BestRunQuery): Order {
  const mode = query.mode ?? "max";
  return {
    column: query.by === "last" ? "last" : mode,
    direction: mode === "max" ? "DESC" : "ASC",
    sign: mode === "max" ? 1 : -1,
  };
}

/** The best among the series that are complete: one step into an index. */
function bestClosed(
  connection: Connection,
  search: Search,
): Candidate | undefined {
  const { order: { column, direction }, query, projectId, path } = search;
  const latest = column === "last" ? "AND s.latest = 1" : "";
  // A value that is not a number sorts beyond all numbers, and would win.
  const row = connection.prepare(
    `SELECT s.id, s.run_id, s.${column} AS value FROM series s CROSS JOIN experiments e ON e.id = s.run_id
     WHERE s.project_id = ? AND s.key = ? AND s.closed = 1 ${latest} AND s.${column} IS NOT NULL
       AND s.${column} < 9e999 AND s.${column} > -9e999
       AND ${NOT_DELETED} ORDER BY s.${column} ${direction}, s.run_id LIMIT 1`,
  ).get(projectId, query.metric);
  if (row === undefined) return undefined;
  const place: Place = { path, table: "series" };
  const read = new RowReader(row, place);
  const candidate = {
    runId: read.integer("run_id"),
    value: read.real("value"),
  };
  const stored = connection.prepare("SELECT * FROM series WHERE id = ?")
    .get(read.integer("id"));
  // The index answered; the table must agree.
  const there = stored && new RowReader(stored, place).optionalReal(column);
  if (there !== candidate.value) {
    throw damageError(
      place,
      `an index has ${candidate.value} where the table has ${there}`,
    );
  }
  return candidate;
}

/** A value that is not a number sorts beyond all numbers; each run that has such a value is told of. */
function tellBroken(connection: Connection, search: Search): void {
  const { order: { column }, query, projectId, path, skip } = search;
  for (const beyond of [">= 9e999", "<= -9e999"]) {
    const rows = connection.prepare(
      `SELECT s.* FROM series s JOIN experiments e ON e.id = s.run_id
       WHERE s.project_id = ? AND s.key = ? AND s.closed = 1 AND s.${column} ${beyond}
         AND ${NOT_DELETED}`,
    ).all(projectId, query.metric);
    for (const row of rows) {
      skip(() => {
        const run = new RowReader(row, { path, table: "series" })
          .integer("run_id");
        checkedSeries(row, { path, table: "series", run });
      });
    }
  }
}

/** Those that are still being written, or were when their process died. */
function openOnes(connection: Connection, search: Search): Candidate[] {
  const { order: { column }, query, projectId, path, skip } = search;
  const rows = connection.prepare(
    `SELECT s.* FROM series s JOIN experiments e ON e.id = s.run_id
     WHERE s.project_id = ? AND s.key = ? AND s.closed = 0 AND ${NOT_DELETED}`,
  ).all(projectId, query.metric);
  return rows.flatMap((row) =>
    skip(() => {
      const runId = new RowReader(row, { path, table: "series" })
        .integer("run_id");
      const place = { path, table: "series", run: runId };
      const series = checkedSeries(row, place);
      const summary = checkedSummary(connection, series, place);
      const value = summary[column];
      return value !== null ? [{ runId, value }] : [];
    }) ?? []
  );
}
