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
import {
  type Coverage,
  type Dimension,
  DIMENSIONS,
} from "../internal/run_factors.ts";

/** The sets of a run, by dimension; one that is absent was not recorded. */
export type RunSets = Readonly<Partial<Record<Dimension, number>>>;

/** The ids of runs. */
const IDS = "SELECT group_concat(e.id) AS text FROM experiments e WHERE ";
/** Numbers the dimensions. */
const PLACE = `CASE dimension ${
  DIMENSIONS.map((name, place) => `WHEN '${name}' THEN ${place}`).join(" ")
} ELSE ${DIMENSIONS.length} END`;
/** The number of dimensions, and one more for what is none. */
const PLACES = DIMENSIONS.length + 1;
/** A set and its dimension as one number. */
const PACKED = (set: string): string => `(${set} * ${PLACES} + ${PLACE})`;
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

/** The sets of the newest attempts of runs. */
function newestSets(
  { numbers, width }: StoredSets,
  isWanted: (run: number) => boolean,
): Map<number, RunSets> {
  const found = new Map<number, Partial<Record<Dimension, number>>>();
  const attempts = new Map<number, number>();
  let last: number | undefined;
  let sets: Partial<Record<Dimension, number>> = {};
  for (let at = 0; at < numbers.length; at += width) {
    const run = numbers[at]!;
    const attempt = width === 2 ? 0 : numbers[at + 2]!;
    const newest = attempts.get(run) ?? -1;
    if (!isWanted(run) || attempt < newest) continue;
    if (attempt > newest) {
      attempts.set(run, attempt);
      found.set(run, sets = {});
    } else if (run !== last) sets = found.get(run)!;
    last = run;
    const packed = numbers[at + 1]!;
    const set = Math.floor(packed / PLACES);
    const dimension = DIMENSIONS[packed - set * PLACES];
    if (dimension !== undefined) sets[dimension] = set;
  }
  return found;
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
   * @param condition SQL over `e`, the table of runs.
   * @param params Its parameters.
   */
  setsOf(condition: string, ...params: number[]): Map<number, RunSets> {
    if (!this.#isStored) return this.#derive(condition, params);
    const ids = this.#list(IDS + condition, params) as number[];
    const found = this.#storedSets(ids, condition, params);
    for (const id of ids) {
      if (found.has(id)) continue;
      // Python ato added it after the file was upgraded.
      for (const [run, sets] of this.#derive("e.id = ?", [id])) {
        found.set(run, sets);
      }
    }
    return found;
  }

  #storedSets(
    ids: readonly number[],
    condition: string,
    params: number[],
  ): Map<number, RunSets> {
    const most = this.#connection.prepare(MOST).get()?.["most"];
    if (ids.length * 2 < Number(most)) {
      const some =
        ` WHERE run_id IN (SELECT e.id FROM experiments e WHERE ${condition})`;
      return newestSets(this.#stored(some, params), () => true);
    }
    // Most runs of the file: reading all is faster than looking each up.
    const wanted = new Set(ids);
    return newestSets(this.#stored("", []), (run) => wanted.has(run));
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
