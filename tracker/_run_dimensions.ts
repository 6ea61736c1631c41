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
import { NumberMap } from "../internal/number_map.ts";
import {
  type Coverage,
  type Dimension,
  DIMENSIONS,
} from "../internal/run_factors.ts";

/** The sets of a run, by dimension; one that is absent was not recorded. */
export type RunSets = Readonly<Partial<Record<Dimension, number>>>;

/** The ids of runs. */
const IDS = "SELECT group_concat(e.id) AS text FROM experiments e WHERE ";
/** The number of dimensions, and one more for what is none. */
const PLACES = DIMENSIONS.length + 1;
/** A set and its dimension as one number. */
const PACKED = (set: string): string =>
  `CASE dimension ${
    DIMENSIONS.map((name, place) =>
      `WHEN '${name}' THEN ${set} * ${PLACES} + ${place}`
    ).join(" ")
  } ELSE ${DIMENSIONS.length} END`;
const IS_INTEGER = (column: string): string => `typeof(${column}) = 'integer'`;
/**
 * The sets of runs: run and set, one after the other. One row of text is read much faster than many rows, and a sum
 * is an integer if all its numbers are.
 */
const STORED = `SELECT group_concat(run_id || ',' || ${
  PACKED("set_id")
}) AS text,
     min(attempt) = max(attempt) AND ${
  ["run_id", "set_id", "attempt"].map((column) => IS_INTEGER(`sum(${column})`))
    .join(" AND ")
} AS plain FROM run_factors`;
/** The same with attempts. What no logger writes is set 0, which no run has. */
const STORED_ATTEMPTS = `SELECT group_concat(run_id || ',' || ${
  PACKED(`iif(${IS_INTEGER("set_id")}, set_id, 0)`)
} || ',' || attempt) AS text FROM
   (SELECT * FROM run_factors WHERE ${IS_INTEGER("run_id")} AND ${
  IS_INTEGER("attempt")
})`;
/** About the number of runs of the file. */
const MOST = "SELECT max(id) AS most FROM experiments";

/** The sets of runs as numbers: run, set and, if it counts, attempt. */
interface StoredSets {
  readonly numbers: readonly number[];
  readonly width: 2 | 3;
}

/** The sets of many runs: a row of numbers a run, because an object for each run of a file takes long to make. */
export class RunSetTable {
  readonly #rows = new NumberMap<number>();
  readonly #runs: number[] = [];
  /** The sets by row and dimension; 0 is none. */
  readonly #sets: number[] = [];

  /** The ids of the runs. */
  get runs(): readonly number[] {
    return this.#runs;
  }

  /** Tells whether a run is among them. */
  has(run: number): boolean {
    return this.#rows.get(run) !== undefined;
  }

  /** Adds a run without sets, if it is not there, and returns its row. */
  add(run: number): number {
    const known = this.#rows.get(run);
    if (known !== undefined) return known;
    const row = this.#runs.push(run) - 1;
    this.#rows.set(run, row);
    this.clear(row);
    return row;
  }

  /** Removes the sets of a row. */
  clear(row: number): void {
    for (let place = 0; place < DIMENSIONS.length; place++) {
      this.#sets[row * DIMENSIONS.length + place] = 0;
    }
  }

  /** Sets the set of a row in a dimension. */
  put(row: number, place: number, set: number): void {
    this.#sets[row * DIMENSIONS.length + place] = set;
  }

  /** Returns the set of a row in a dimension; `undefined` for none. */
  setAt(row: number, place: number): number | undefined {
    return this.#sets[row * DIMENSIONS.length + place] || undefined;
  }

  /** Returns the sets of a run. */
  of(run: number): RunSets {
    const row = this.#rows.get(run);
    if (row === undefined) return {};
    const sets: Partial<Record<Dimension, number>> = {};
    for (let place = 0; place < DIMENSIONS.length; place++) {
      const set = this.setAt(row, place);
      if (set !== undefined) sets[DIMENSIONS[place]!] = set;
    }
    return sets;
  }

  /** The sets of all runs; those that runs share are there again and again, and 0 is none. */
  get sets(): readonly number[] {
    return this.#sets;
  }
}

/** Adds the sets of the newest attempts of runs. */
function addNewest(
  table: RunSetTable,
  { numbers, width }: StoredSets,
  isWanted: (run: number) => boolean,
): void {
  const attempts: number[] = [];
  let [last, row]: [number | undefined, number] = [undefined, -1];
  for (let at = 0; at < numbers.length; at += width) {
    const run = numbers[at]!;
    if (run !== last) row = isWanted(run) ? table.add(run) : -1;
    last = run;
    if (row < 0) continue;
    if (width === 3) {
      const [attempt, newest] = [numbers[at + 2]!, attempts[row] ?? -1];
      if (attempt < newest) continue;
      if (attempt > newest) table.clear(row);
      attempts[row] = attempt;
    }
    const packed = numbers[at + 1]!;
    const set = Math.floor(packed / PLACES);
    const place = packed - set * PLACES;
    if (place < DIMENSIONS.length) table.put(row, place, set);
  }
}

/** What the coverage of runs is made of. Which set it is counts only if there are several attempts. */
const COVERAGE = `SELECT group_concat(run_id) AS runs FROM run_factors
   WHERE run_id IN (SELECT value FROM json_each(?))
   GROUP BY dimension, level, missing, CASE WHEN attempt > 1 THEN attempt || ' ' || set_id END`;

type RunCoverage = Readonly<Record<Dimension, Coverage>>;

/** The sets of runs, of a file of any version. */
export class RunDimensions {
  readonly #connection: Connection;
  readonly #sets: FactorSets;
  readonly #isStored: boolean;
  /** Which parts the coverage of a run is made of. */
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
   * @param table Where they are added.
   * @param condition SQL over `e`, the table of runs.
   * @param params Its parameters.
   */
  addSets(table: RunSetTable, condition: string, ...params: number[]): void {
    if (!this.#isStored) return this.#derive(table, condition, params);
    const ids = this.#list(IDS + condition, params) as number[];
    this.#addStored(table, ids, condition, params);
    for (const id of ids) {
      // Python ato added it after the file was upgraded.
      if (!table.has(id)) this.#derive(table, "e.id = ?", [id]);
    }
  }

  #addStored(
    table: RunSetTable,
    ids: readonly number[],
    condition: string,
    params: number[],
  ): void {
    const most = this.#connection.prepare(MOST).get()?.["most"];
    if (ids.length * 2 < Number(most)) {
      const some =
        ` WHERE run_id IN (SELECT e.id FROM experiments e WHERE ${condition})`;
      return addNewest(table, this.#stored(some, params), () => true);
    }
    // Most runs of the file: reading all is faster than looking each up.
    const wanted = new NumberMap<true>();
    for (const id of ids) wanted.set(id, true);
    addNewest(
      table,
      this.#stored("", []),
      (run) => wanted.get(run) !== undefined,
    );
  }

  #stored(where: string, params: number[]): StoredSets {
    const row = this.#connection.prepare(STORED + where).get(...params);
    if (row?.["plain"] === 0) {
      const numbers = this.#list(STORED_ATTEMPTS + where, params) as number[];
      return { numbers, width: 3 };
    }
    return { numbers: JSON.parse(`[${row?.["text"] ?? ""}]`), width: 2 };
  }

  #list(sql: string, params: number[]): unknown[] {
    const row = this.#connection.prepare(sql).get(...params);
    return JSON.parse(`[${row?.["text"] ?? ""}]`);
  }

  #derive(table: RunSetTable, condition: string, params: number[]): void {
    const deriver = new FactorDeriver(this.#connection);
    const rows = this.#connection.prepare(
      `${DERIVE_FROM} WHERE ${condition} ORDER BY e.id`,
    ).iterate(...params);
    for (const row of rows) {
      const { runId, records } = deriver.derive(row);
      const added = table.add(runId);
      const coverage: Partial<Record<Dimension, Coverage>> = {};
      for (const record of records) {
        const { dimension, level, missing } = record;
        const place = DIMENSIONS.indexOf(dimension);
        table.put(added, place, this.#sets.add(record));
        coverage[dimension] = { level, missing };
      }
      this.#derived.set(runId, coverage);
    }
  }

  /** Reads how completely the dimensions of runs were recorded, so that {@linkcode coverageOf} knows it. */
  loadCoverage(runs: readonly number[]): void {
    if (!this.#isStored) return;
    const groups = this.#connection.prepare(COVERAGE)
      .all(JSON.stringify(runs));
    groups.forEach(({ runs }, at) => {
      for (const run of JSON.parse(`[${runs}]`) as number[]) {
        this.#rows.set(run, `${this.#rows.get(run) ?? ""} ${at}`);
      }
    });
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
