/** The sets of factors that each run of a project has, and how completely they were recorded. */
import { DERIVE_FROM, FactorDeriver } from "./_derive_factors.ts";
import { FACTORS_SINCE } from "./_factor_store.ts";
import type { FactorSets } from "./_factor_sets.ts";
import { coverageOfAttempts, NOTHING } from "./_attempt_coverage.ts";
import { readCoverage, readDimension } from "./_read_factors.ts";
import { pathOf } from "./_reading.ts";
import { RowReader } from "./_row_reader.ts";
import { schemaVersion } from "./_schema_version.ts";
import type { Connection } from "./driver.ts";
import type { Coverage, Dimension } from "../internal/run_factors.ts";

/** The sets of a run, by dimension; one that is absent was not recorded. */
export type RunSets = Readonly<Partial<Record<Dimension, number>>>;

/** The ids of runs. */
const IDS = "SELECT group_concat(e.id) AS text FROM experiments e WHERE ";
/** The sets of runs. One row of text is read much faster than many rows. */
const STORED =
  `SELECT group_concat(json_array(run_id, attempt, dimension, set_id)) AS text FROM run_factors`;
/** About the number of runs of the file. */
const MOST = "SELECT max(id) AS most FROM experiments";

type SetRow = readonly [
  run: number,
  attempt: number,
  dimension: Dimension,
  set: number,
];

/** The sets of the newest attempts. */
function newestSets(rows: readonly SetRow[]): Map<number, RunSets> {
  const found = new Map<number, Partial<Record<Dimension, number>>>();
  const attempts = new Map<number, number>();
  for (const [run, attempt, dimension, set] of rows) {
    const newest = attempts.get(run);
    if (newest !== undefined && attempt < newest) continue;
    const sets = newest === attempt ? found.get(run)! : {};
    sets[dimension] = set;
    if (newest === attempt) continue;
    attempts.set(run, attempt);
    found.set(run, sets);
  }
  return found;
}

/** What the coverage of runs is made of. */
const COVERAGE =
  `SELECT group_concat(json_array(run_id, dimension, level, missing, attempt, set_id)) AS text
   FROM run_factors WHERE run_id IN (SELECT value FROM json_each(?))`;

type CoverageRow = readonly [
  run: number,
  dimension: string,
  level: string,
  missing: string | null,
  attempt: number,
  set: number,
];

type RunCoverage = Readonly<Record<Dimension, Coverage>>;

/** The sets of runs, of a file of any version. */
export class RunDimensions {
  readonly #connection: Connection;
  readonly #sets: FactorSets;
  readonly #isStored: boolean;
  readonly #rows = new Map<number, string>();
  readonly #coverages = new Map<string, RunCoverage>();
  readonly #derived = new Map<number, Partial<Record<Dimension, Coverage>>>();

  /**
   * @param connection The file.
   * @param sets Where its sets are.
   */
  constructor(connection: Connection, sets: FactorSets) {
    this.#connection = connection;
    this.#sets = sets;
    this.#isStored = schemaVersion(connection) >= FACTORS_SINCE;
  }

  /**
   * Reads the sets of runs.
   *
   * @param condition SQL over `e`, the table of runs.
   * @param params Its parameters.
   */
  setsOf(condition: string, ...params: number[]): Map<number, RunSets> {
    if (!this.#isStored) return this.#derive(condition, params);
    const ids = this.#list(IDS + condition, params) as number[];
    const found = newestSets(this.#setRows(ids, condition, params));
    for (const id of ids) {
      if (found.has(id)) continue;
      // Python ato added it after the file was upgraded.
      for (const [run, sets] of this.#derive("e.id = ?", [id])) {
        found.set(run, sets);
      }
    }
    return found;
  }

  #setRows(
    ids: readonly number[],
    condition: string,
    params: number[],
  ): SetRow[] {
    const most = this.#connection.prepare(MOST).get()?.["most"];
    if (ids.length * 2 < Number(most)) {
      return this.#list(
        `${STORED} WHERE run_id IN (SELECT e.id FROM experiments e WHERE ${condition})`,
        params,
      ) as SetRow[];
    }
    // Most runs of the file: reading all is faster than looking each up.
    const wanted = new Set(ids);
    return (this.#list(STORED, []) as SetRow[])
      .filter(([run]) => wanted.has(run));
  }

  #list(sql: string, params: number[]): unknown[] {
    const row = this.#connection.prepare(sql).get(...params);
    return JSON.parse(`[${row?.["text"] ?? ""}]`);
  }

  #derive(condition: string, params: number[]): Map<number, RunSets> {
    const deriver = new FactorDeriver(this.#connection);
    const rows = this.#connection.prepare(
      `${DERIVE_FROM} WHERE ${condition} ORDER BY e.id`,
    ).iterate(...params);
    const found = new Map<number, RunSets>();
    for (const row of rows) {
      const { runId, records } = deriver.derive(row);
      found.set(
        runId,
        Object.fromEntries(
          records.map((record) => [record.dimension, this.#sets.add(record)]),
        ),
      );
      this.#derived.set(
        runId,
        Object.fromEntries(
          records.map(({ dimension, level, missing }) => [
            dimension,
            { level, missing },
          ]),
        ),
      );
    }
    return found;
  }

  /** Reads how completely the dimensions of runs were recorded, so that {@linkcode coverageOf} knows it. */
  loadCoverage(runs: readonly number[]): void {
    if (!this.#isStored) return;
    const row = this.#connection.prepare(COVERAGE).get(JSON.stringify(runs));
    const rows = JSON.parse(`[${row?.["text"] ?? ""}]`) as CoverageRow[];
    for (const [run, dimension, level, missing, attempt, set] of rows) {
      // Which set it is counts only if there are several attempts.
      const which = attempt > 1 ? `${attempt} ${set}` : "";
      const key = `${dimension} ${level} ${missing} ${which}\n`;
      this.#rows.set(run, (this.#rows.get(run) ?? "") + key);
    }
  }

  /**
   * Returns how completely the dimensions of a run were recorded.
   *
   * @throws {StorageError} If that is damaged; the error names the run.
   */
  coverageOf(run: number): RunCoverage {
    const derived = this.#derived.get(run);
    if (derived !== undefined) return { ...NOTHING, ...derived };
    // Most runs have the same few.
    const key = this.#rows.get(run);
    const known = key === undefined ? undefined : this.#coverages.get(key);
    if (known !== undefined) return known;
    const coverage = this.#readCoverage(run);
    if (key !== undefined) this.#coverages.set(key, coverage);
    return coverage;
  }

  #readCoverage(run: number): RunCoverage {
    const rows = this.#connection.prepare(
      "SELECT attempt, dimension, set_id, level, missing FROM run_factors WHERE run_id = ? ORDER BY attempt",
    ).all(run);
    const place = {
      path: pathOf(this.#connection),
      table: "run_factors",
      run,
    };
    const reads = rows.map((row) => new RowReader(row, place));
    return coverageOfAttempts(reads.map((read) => ({
      attempt: read.count("attempt"),
      dimension: readDimension(read),
      set: read.integer("set_id"),
      coverage: readCoverage(read),
    })));
  }
}
