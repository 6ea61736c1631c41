import {
  type Connection,
  type ForeignPoint,
  type ForeignRun,
  openForReading,
  type Row,
} from "../../tracker/mod.ts";
import { common } from "../../sync/mlflow/values.ts";

/** MLflow stores an infinity as the largest finite number. */
const GREATEST = Number.MAX_VALUE;

/** The tables that are read. */
const TABLES = ["runs", "experiments", "params", "tags", "metrics"];

/** Tells whether an SQLite file was written by MLflow. */
export async function isMlflowDatabase(path: string): Promise<boolean> {
  const connection = await openForReading(path, { tables: TABLES });
  try {
    return connection.prepare(
      "SELECT 1 AS found FROM pragma_table_info('runs') WHERE name = 'run_uuid'",
    ).get() !== undefined;
  } finally {
    connection.close();
  }
}

/**
 * Reads the runs of MLflow's SQLite file. Deleted runs are left out.
 *
 * @param path The file.
 * @param work Takes the runs; their metrics are read on demand.
 * @returns what `work` returns.
 */
export async function withMlflowDatabase<T>(
  path: string,
  work: (runs: ForeignRun[]) => Promise<T>,
): Promise<T> {
  const connection = await openForReading(path, { tables: TABLES });
  try {
    const rows = connection.prepare(
      `SELECT r.run_uuid, r.name, r.status, r.start_time, r.end_time, e.name AS project
       FROM runs r JOIN experiments e ON e.experiment_id = r.experiment_id
       WHERE r.lifecycle_stage = 'active' ORDER BY r.start_time, r.run_uuid`,
    ).all();
    return await work(rows.map((row) => toRun(connection, row)));
  } finally {
    connection.close();
  }
}

function toRun(connection: Connection, row: Row): ForeignRun {
  const id = String(row["run_uuid"]);
  const pairs = (table: string): [string, string][] =>
    connection.prepare(
      `SELECT key, value FROM ${table} WHERE run_uuid = ? ORDER BY key`,
    ).all(id).map((pair) => [String(pair["key"]), String(pair["value"] ?? "")]);
  return {
    ...common({
      id,
      project: String(row["project"]),
      name: typeof row["name"] === "string" && row["name"] !== ""
        ? row["name"]
        : undefined,
      status: row["status"],
      startTime: row["start_time"],
      endTime: row["end_time"],
      params: pairs("params"),
      tags: pairs("tags"),
    }),
    artifacts: [],
    *metrics() {
      const keys = connection.prepare(
        "SELECT DISTINCT key FROM metrics WHERE run_uuid = ? ORDER BY key",
      ).all(id);
      for (const { key } of keys) {
        yield [String(key), points(connection, id, String(key))] as const;
      }
    },
  };
}

function* points(
  connection: Connection,
  id: string,
  key: string,
): Iterable<ForeignPoint> {
  const rows = connection.prepare(
    `SELECT step, value, timestamp, is_nan FROM metrics WHERE run_uuid = ? AND key = ?
     ORDER BY step, timestamp`,
  ).all(id, key);
  for (const row of rows) {
    const value = Number(row["value"]);
    yield {
      step: Number(row["step"]),
      time: Number(row["timestamp"]),
      value: Number(row["is_nan"]) === 1
        ? NaN
        : Math.abs(value) === GREATEST
        ? value * Infinity
        : value,
    };
  }
}
