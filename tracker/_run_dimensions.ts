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

/** Columns of the newest attempt: the sets by dimension, as JSON. */
const STORED = `SELECT group_concat('[' || e.id || ',' || coalesce(
    (SELECT json_group_object(f.dimension, f.set_id) FROM run_factors f
     WHERE f.run_id = e.id AND f.attempt = (SELECT max(attempt) FROM run_factors WHERE run_id = e.id)),
    'null') || ']') AS text
  FROM experiments e WHERE `;

/** The sets of runs, of a file of any version. */
export class RunDimensions {
  readonly #connection: Connection;
  readonly #sets: FactorSets;
  readonly #isStored: boolean;
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
    const row = this.#connection.prepare(STORED + condition).get(...params);
    const pairs = JSON.parse(`[${row?.["text"] ?? ""}]`) as [
      number,
      RunSets | null,
    ][];
    const found = new Map<number, RunSets>();
    const others: number[] = [];
    for (const [id, sets] of pairs) {
      // Python ato added it after the file was upgraded.
      if (sets === null || Object.keys(sets).length === 0) others.push(id);
      else found.set(id, sets);
    }
    for (const id of others) {
      for (const [run, sets] of this.#derive("e.id = ?", [id])) {
        found.set(run, sets);
      }
    }
    return found;
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

  /**
   * Reads how completely the dimensions of a run were recorded.
   *
   * @throws {StorageError} If that is damaged; the error names the run.
   */
  coverageOf(
    run: number,
  ): Readonly<Record<Dimension, Coverage>> {
    const derived = this.#derived.get(run);
    if (derived !== undefined) return { ...NOTHING, ...derived };
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
