/**
 * Finds the run with the best value of a metric.
 *
 * @module
 */
import { checkAnyText, checkChoice, checkOptions, ifGiven } from "./_check.ts";
import { RowReader } from "./_row_reader.ts";
import { checkedSeries, checkedSummary } from "./_series_summary.ts";
import { TRIAL_TAG } from "../internal/trial_tag.ts";
import type { Connection, Row } from "./driver.ts";
import { damageError } from "./errors.ts";

/** Options for {@linkcode SQLFinder.findBestRun}. */
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
   * The value that is compared: `best`, the best one that a run ever had, or `last`, the one at its
   * last step.
   *
   * @default {"best"}
   */
  readonly by?: "best" | "last";
}

/**
 * Checks a query.
 *
 * @throws {TrackerUsageError} If a value has the wrong type.
 */
export function checkBestRunQuery(query: BestRunQuery): void {
  const action = "find the best run";
  checkOptions(
    query,
    { action, what: "the argument" },
    'an object, e.g. { projectName: "demo", metric: "loss", mode: "min" }',
  );
  checkAnyText(query.projectName, {
    action: "find a project",
    what: "its name",
  });
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

/** The file and the project that are searched. */
export interface BestRunSource {
  readonly connection: Connection;
  readonly path: string;
  readonly projectId: number;
  /** Calls `read`, and returns `undefined` if it finds damage. */
  skip<T>(read: () => T): T | undefined;
}

/** A run, and its value. */
export interface Candidate {
  readonly runId: number;
  readonly value: number;
}

/**
 * Finds the run with the best finite value of a metric; of equal runs the oldest one. Of a trial of a search, only
 * attempts that completed count.
 *
 * @returns the id of the run and the value, or `undefined` if no run has a finite value.
 */
export function bestOf(
  source: BestRunSource,
  query: BestRunQuery,
): Candidate | undefined {
  const search = new Search(source, query);
  search.warnOfBrokenValues();
  const candidates = [search.bestClosed(), ...search.open()]
    .filter((candidate) => candidate !== undefined);
  candidates.sort((a, b) =>
    search.sign * (b.value - a.value) || a.runId - b.runId
  );
  return candidates[0];
}

/** Of a trial of a search, only attempts that completed count. */
const COUNTS = `(e.status = 'completed' OR s.attempt < e.attempt
  OR e.tags IS NULL OR instr(e.tags, '"${TRIAL_TAG}"') = 0)`;

/** One search through the series of a metric in a project. */
class Search {
  /** Multiplied with a difference, 1 means that greater is better. */
  readonly sign: 1 | -1;
  readonly #source: BestRunSource;
  readonly #metric: string;
  readonly #column: "min" | "max" | "last";

  constructor(source: BestRunSource, query: BestRunQuery) {
    const { metric, mode = "max", by } = query;
    this.#source = source;
    this.#metric = metric;
    this.#column = by === "last" ? "last" : mode;
    this.sign = mode === "max" ? 1 : -1;
  }

  /** Finds the best of the series that are complete, in one step of an index. */
  bestClosed(): Candidate | undefined {
    const column = this.#column;
    const latest = column === "last" ? "AND s.latest = 1" : "";
    // A value that is not a number sorts beyond all numbers, and would win.
    const row = this.#source.connection.prepare(
      `SELECT s.id, s.run_id, s.${column} AS value FROM series s CROSS JOIN experiments e ON e.id = s.run_id
       WHERE s.project_id = ? AND s.key = ? AND s.closed = 1 ${latest} AND s.${column} IS NOT NULL
         AND s.${column} < 9e999 AND s.${column} > -9e999 AND e.deleted_at IS NULL AND ${COUNTS}
       ORDER BY s.${column} ${
        this.sign > 0 ? "DESC" : "ASC"
      }, s.run_id LIMIT 1`,
    ).get(this.#source.projectId, this.#metric);
    if (row === undefined) return undefined;
    const read = this.#reader(row);
    const runId = read.integer("run_id");
    const value = read.real("value");
    this.#compareWithTable(read.integer("id"), value);
    return { runId, value };
  }

  /** Checks that the table has the value that the index has. */
  #compareWithTable(seriesId: number, value: number): void {
    const { connection, path } = this.#source;
    const stored = connection.prepare("SELECT * FROM series WHERE id = ?")
      .get(seriesId);
    const there = stored && this.#reader(stored).optionalReal(this.#column);
    if (there === value) return;
    throw damageError(
      { path, table: "series" },
      `an index has ${value} where the table has ${there}`,
    );
  }

  /** The series that are still being written, or were when their process died. */
  open(): Candidate[] {
    const { connection, skip } = this.#source;
    const rows = this.#series("s.closed = 0");
    return rows.flatMap((row) =>
      skip(() => {
        const [runId, place] = this.#placeOf(row);
        const series = checkedSeries(row, place);
        const value = checkedSummary(connection, series, place)[this.#column];
        return value !== null ? [{ runId, value }] : [];
      }) ?? []
    );
  }

  /** A value that is not a number sorts beyond all numbers; each run that has one is reported. */
  warnOfBrokenValues(): void {
    for (const beyond of [">= 9e999", "<= -9e999"]) {
      const broken = `s.closed = 1 AND s.${this.#column} ${beyond}`;
      for (const row of this.#series(broken)) {
        this.#source.skip(() => checkedSeries(row, this.#placeOf(row)[1]));
      }
    }
  }

  #series(condition: string): Row[] {
    return this.#source.connection.prepare(
      `SELECT s.* FROM series s JOIN experiments e ON e.id = s.run_id
       WHERE s.project_id = ? AND s.key = ? AND ${condition} AND e.deleted_at IS NULL AND ${COUNTS}`,
    ).all(this.#source.projectId, this.#metric);
  }

  #reader(row: Row): RowReader {
    return new RowReader(row, { path: this.#source.path, table: "series" });
  }

  #placeOf(row: Row): [number, { path: string; table: string; run: number }] {
    const run = this.#reader(row).integer("run_id");
    return [run, { path: this.#source.path, table: "series", run }];
  }
}
