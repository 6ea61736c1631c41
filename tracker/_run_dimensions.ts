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
import { NumberSet } from "../internal/number_set.ts";
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
/** Chooses by the dimension of a row. */
const BY_DIMENSION = (of: (place: number) => string, other: string): string =>
  `CASE dimension ${
    DIMENSIONS.map((name, place) => `WHEN '${name}' THEN ${of(place)}`)
      .join(" ")
  } ELSE ${other} END`;
/** A set and its dimension as one number. */
const PACKED = (set: string): string =>
  BY_DIMENSION(
    (place) => `${set} * ${PLACES} + ${place}`,
    String(DIMENSIONS.length),
  );
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
/**
 * The same of first attempts that have another set than a run, where it has one, the runs of other
 * attempts, and the numbers of these, of all rows and of all runs.
 */
const UNLIKE = `SELECT group_concat(run_id || ',' || ${
  PACKED("set_id")
}) FILTER (WHERE attempt = 1) AS text,
     group_concat(run_id) FILTER (WHERE attempt <> 1) AS resumed, sum(attempt <> 1) AS others,
     count(*) = 0 OR ${
  ["run_id", "set_id", "attempt"].map((column) => IS_INTEGER(`sum(${column})`))
    .join(" AND ")
} AS plain,
     (SELECT count(*) FROM run_factors) AS rows, (SELECT count(*) FROM experiments) AS runs
   FROM run_factors WHERE attempt <> 1 OR set_id <> ${
  BY_DIMENSION(() => "?", "-1")
}`;
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
  #sets = new Float64Array(16 * NO_SETS.length);
  readonly #distinct = new NumberSet();

  /** The ids of the runs. */
  get runs(): readonly number[] {
    return this.#runs;
  }

  /** The sets of the runs by dimension, in the order of {@linkcode RunSetTable.runs}; 0 is none. */
  get setsOfRuns(): Float64Array {
    return this.#sets;
  }

  /** The ids of all sets, each once. */
  get sets(): readonly number[] {
    return this.#distinct.list();
  }

  /** Tells whether a run is among them. */
  has(run: number): boolean {
    return this.#rows.get(run) !== undefined;
  }

  /** Adds a run with the given sets, if it is not there, and returns its row. */
  add(run: number, sets: readonly number[] = NO_SETS): number {
    const known = this.#rows.get(run);
    if (known !== undefined) return known;
    const row = this.#runs.push(run) - 1;
    this.#rows.set(run, row);
    const start = row * NO_SETS.length;
    if (start === this.#sets.length) this.#grow();
    for (let place = 0; place < NO_SETS.length; place++) {
      this.#sets[start + place] = sets[place]!;
    }
    return row;
  }

  #grow(): void {
    const before = this.#sets;
    this.#sets = new Float64Array(before.length * 4);
    this.#sets.set(before);
  }

  /** Returns the row of a run; `undefined` if it is not there. */
  rowOf(run: number): number | undefined {
    return this.#rows.get(run);
  }

  /** Removes the sets of a row. */
  clear(row: number): void {
    this.#sets.fill(0, row * NO_SETS.length, (row + 1) * NO_SETS.length);
  }

  /** Sets the set of a row in a dimension. */
  put(row: number, place: number, set: number): void {
    this.#sets[row * NO_SETS.length + place] = set;
    if (set !== 0) this.#distinct.add(set);
  }

  /** Returns the sets of a run, by the places of dimensions; 0 is none. */
  rowAt(row: number): readonly number[] {
    const start = row * NO_SETS.length;
    return [...this.#sets.subarray(start, start + NO_SETS.length)];
  }

  /** Returns the sets of a run. */
  of(run: number): RunSets {
    const row = this.#rows.get(run);
    if (row === undefined) return {};
    const sets: Partial<Record<Dimension, number>> = {};
    this.rowAt(row).forEach((set, place) => {
      if (set !== 0) sets[DIMENSIONS[place]!] = set;
    });
    return sets;
  }
}

const NO_SETS: readonly number[] = DIMENSIONS.map(() => 0);

/** Adds the sets of the newest attempts of runs; `rowOf` gives the row of a run that is wanted. */
function addNewest(
  table: RunSetTable,
  { numbers, width }: StoredSets,
  rowOf: (run: number) => number | undefined,
): void {
  const attempts: number[] = [];
  let [last, row]: [number, number] = [NaN, -1];
  for (let at = 0; at < numbers.length; at += width) {
    const run = numbers[at]!;
    if (run !== last) row = rowOf(run) ?? -1;
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

/** Counts the sets in dimensions in which a run has none. */
function countOthers(
  numbers: readonly number[],
  sets: readonly number[],
): number {
  let count = 0;
  for (let at = 1; at < numbers.length; at += 2) {
    if (!sets[numbers[at]! % PLACES]) count++;
  }
  return count;
}

/** What the coverage of runs is made of. Which set it is counts only if there are several attempts. */
const COVERAGE = `SELECT group_concat(run_id) AS runs FROM run_factors
   WHERE run_id IN (SELECT value FROM json_each(?))
   GROUP BY dimension, level, missing, CASE WHEN attempt > 1 THEN attempt || ' ' || set_id END`;

/** Parses numbers that a query has joined. */
function numbersOf(text: unknown): number[] {
  return JSON.parse(`[${text ?? ""}]`) as number[];
}

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
   * @param like A run of the table: reading runs that share sets with it is faster.
   */
  addSets(
    table: RunSetTable,
    condition: string,
    params: readonly number[],
    like?: number,
  ): void {
    if (!this.#isStored) return this.#derive(table, condition, params);
    const ids = this.#list(IDS + condition, params);
    if (!this.#isMost(ids)) {
      const some =
        ` WHERE run_id IN (SELECT e.id FROM experiments e WHERE ${condition})`;
      addNewest(table, this.#stored(some, params), (run) => table.add(run));
    } else if (like === undefined || !this.#addUnlike(table, ids, like)) {
      this.#addAll(table, ids);
    }
    for (const id of ids) {
      // Python ato added it after the file was upgraded.
      if (!table.has(id)) this.#derive(table, "e.id = ?", [id]);
    }
  }

  /** Whether these are most runs of the file, so that reading all is faster than looking each up. */
  #isMost(ids: readonly number[]): boolean {
    const most = this.#connection.prepare(MOST).get()?.["most"];
    return ids.length * 2 >= Number(most);
  }

  #addAll(table: RunSetTable, ids: readonly number[]): void {
    const wanted = new NumberMap<true>();
    for (const id of ids) wanted.set(id, true);
    addNewest(
      table,
      this.#stored("", []),
      (run) => wanted.get(run) === undefined ? undefined : table.add(run),
    );
  }

  /** Adds runs with the sets of another one, and then what differs; false if some run lacks one of its dimensions. */
  #addUnlike(
    table: RunSetTable,
    ids: readonly number[],
    like: number,
  ): boolean {
    const of = table.rowOf(like);
    const sets = of === undefined ? NO_SETS : table.rowAt(of);
    if (sets.some((set) => set < 0)) return false;
    const row = this.#connection.prepare(UNLIKE).get(...sets) ?? {};
    if (row["plain"] !== 1) return false;
    const numbers = numbersOf(row["text"]);
    const first = Number(row["rows"]) - Number(row["others"] ?? 0);
    const shared = first - countOthers(numbers, sets);
    const dimensions = sets.filter((set) => set > 0).length;
    if (shared !== dimensions * Number(row["runs"])) return false;
    for (let at = 0; at < ids.length; at++) table.add(ids[at]!, sets);
    // Runs of other projects are not there.
    const rowOf = (run: number) => table.rowOf(run);
    addNewest(table, { numbers, width: 2 }, rowOf);
    const resumed = new Set(numbersOf(row["resumed"]));
    if (resumed.size > 0) this.#addResumed(table, [...resumed]);
    return true;
  }

  /** Adds the newest attempts of runs again. */
  #addResumed(table: RunSetTable, ids: readonly number[]): void {
    const row = this.#connection.prepare(
      `${STORED_ATTEMPTS} WHERE run_id IN (SELECT value FROM json_each(?))`,
    ).get(JSON.stringify(ids));
    const numbers = numbersOf(row?.["text"]);
    addNewest(table, { numbers, width: 3 }, (run) => table.rowOf(run));
  }

  #stored(where: string, params: readonly number[]): StoredSets {
    const row = this.#connection.prepare(STORED + where).get(...params);
    if (row?.["plain"] === 0) {
      const numbers = this.#list(STORED_ATTEMPTS + where, params);
      return { numbers, width: 3 };
    }
    return { numbers: numbersOf(row?.["text"]), width: 2 };
  }

  #list(sql: string, params: readonly number[]): number[] {
    return numbersOf(this.#connection.prepare(sql).get(...params)?.["text"]);
  }

  #derive(
    table: RunSetTable,
    condition: string,
    params: readonly number[],
  ): void {
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
      for (const run of numbersOf(runs)) {
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
