/** Checks that a run can be read as a whole before it is copied into another file: damage must not spread. */
import { atOnce, pathOf } from "./_reading.ts";
import { recordsOf } from "./_read_factors.ts";
import { programsOf, readProgram } from "./_read_program.ts";
import { checkedSeries } from "./_series_summary.ts";
import type { Connection, Row } from "./driver.ts";
import { damageError, StorageError } from "./errors.ts";
import { Run } from "./run_record.ts";

/** Points of a run that no logger writes: the first of each table. */
const STRANGE = (table: string): string =>
  `SELECT step FROM ${table} WHERE series_id IN (SELECT id FROM series WHERE run_id = ?)
   AND NOT (typeof(step) = 'integer' AND typeof(seq) = 'integer' AND typeof(at) = 'integer' AND
     coalesce(CASE WHEN kind IS NULL THEN typeof(value) IN ('real', 'integer') AND abs(value) < 9e999
       WHEN kind = 4 THEN value = 0 ELSE kind IN (1, 2, 3) AND value IS NULL END, 0)) LIMIT 1`;

/**
 * Reads all of a run.
 *
 * @param connection The file.
 * @param row The row of the run.
 * @returns the error of the first part that cannot be read, or `undefined` if all parts can be read.
 */
export function damageOf(
  connection: Connection,
  row: Row,
): StorageError | undefined {
  try {
    atOnce(connection, () => readAll(connection, row));
    return undefined;
  } catch (error) {
    if (error instanceof StorageError && error.problem === "corrupt") {
      return error;
    }
    throw error;
  }
}

function readAll(connection: Connection, row: Row): void {
  const run = new Run(connection, row);
  const { config, history, unread, attempts, artifacts } = run;
  const { fingerprints, fingerprintGaps, dropped } = run;
  void [config, history, unread, attempts, artifacts];
  void [fingerprints, fingerprintGaps, dropped];
  recordsOf(connection, run.id);
  for (const program of programsOf(connection, run.id)) {
    readProgram(program, {
      path: pathOf(connection),
      table: "programs",
      run: run.id,
    });
  }
  const path = pathOf(connection);
  const series = connection.prepare("SELECT * FROM series WHERE run_id = ?")
    .all(run.id);
  for (const one of series) {
    checkedSeries(one, { path, table: "series", run: run.id });
  }
  for (const table of ["points", "tail"]) {
    const strange = connection.prepare(STRANGE(table)).get(run.id);
    if (strange === undefined) continue;
    throw damageError(
      { path, table, run: run.id },
      `${table} has a point that is not a number`,
    );
  }
}
