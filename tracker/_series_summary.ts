/** A series as it is now: what is stored of it, and what came since. */
import { Bucket } from "./_bucket.ts";
import type { Connection, Row, SqlValue } from "./driver.ts";

/** The least step there can be. */
export const LEAST: number = -Number.MAX_SAFE_INTEGER;

/** A column that may be NULL. */
export function stepOrNull(value: SqlValue | undefined): number | null {
  return value === null || value === undefined ? null : Number(value);
}

/** The points of a series that still lie in `tail`, superseded ones left out. */
export function tailOf(connection: Connection, series: Row): Row[] {
  if (Number(series["closed"]) === 1) return [];
  const cut = stepOrNull(series["cut_step"]) ?? Number.MAX_SAFE_INTEGER;
  return connection.prepare(
    `SELECT step, seq, value, kind, at FROM tail
     WHERE run_id = ? AND series_id = ? AND step <= ? ORDER BY step, seq`,
  ).all(series["run_id"]!, series["id"]!, cut);
}

export function addPoint(bucket: Bucket, row: Row): void {
  const value = row["value"] === null ? null : Number(row["value"]);
  bucket.add(Number(row["step"]), value, stepOrNull(row["kind"]));
}

/**
 * The summary of a series: the stored one, and what came since.
 *
 * @param connection Where.
 * @param series The row of the series.
 * @returns the summary.
 */
export function seriesSummary(connection: Connection, series: Row): Bucket {
  const summary = Bucket.fromSeries(series);
  for (const row of tailOf(connection, series)) addPoint(summary, row);
  return summary;
}
