/**
 * Reads a metric of all runs of a project at once.
 *
 * @module
 */
import { Bucket } from "./_bucket.ts";
import { pathOf } from "./_reading.ts";
import { RowReader } from "./_row_reader.ts";
import { checkedSeries, checkedSummary } from "./_series_summary.ts";
import type { Connection, Row } from "./driver.ts";
import { type MetricSummary, toSummary } from "./metrics.ts";

/** A metric of a project. */
export interface ProjectMetric {
  /** Its name. */
  readonly metric: string;
  /** The number of runs that have it. */
  readonly runs: number;
}

/** The project that is read, and what reads a row that may be damaged. */
export interface ColumnRequest {
  readonly connection: Connection;
  readonly projectId: number;
  /** Reads something; returns `undefined` and warns if it is damaged. */
  readonly skip: <T>(read: () => T) => T | undefined;
}

/** Each half of the series has an index of its own. */
const OF_METRIC = `
  SELECT * FROM series WHERE project_id = ? AND key = ? AND closed = 1
  UNION ALL SELECT * FROM series WHERE project_id = ? AND key = ? AND closed = 0`;

/** Lists the metrics of a project, those of the most runs first. */
export function readProjectMetrics(
  { connection, projectId, skip }: ColumnRequest,
): ProjectMetric[] {
  const rows = connection.prepare(
    `SELECT key, count(DISTINCT run_id) AS runs FROM series WHERE project_id = ?
     GROUP BY key ORDER BY runs DESC, key`,
  ).all(projectId);
  const place = { path: pathOf(connection), table: "series" };
  return rows.flatMap((row) =>
    skip(() => {
      const read = new RowReader(row, place);
      return { metric: read.text("key"), runs: read.count("runs") };
    }) ?? []
  );
}

/** Reads the summaries of a metric, by the id of the run. */
export function readMetricSummaries(
  { connection, projectId, skip }: ColumnRequest,
  metric: string,
): Map<number, MetricSummary> {
  const rows = connection.prepare(OF_METRIC)
    .all(projectId, metric, projectId, metric);
  const byRun = Map.groupBy(rows, (row) => Number(row["run_id"]));
  const found = new Map<number, MetricSummary>();
  for (const [run, series] of byRun) {
    const total = skip(() => totalOf(connection, run, series));
    if (total !== undefined && total.count > 0) {
      found.set(run, toSummary(metric, total));
    }
  }
  return found;
}

function totalOf(
  connection: Connection,
  run: number,
  series: readonly Row[],
): Bucket {
  const place = { path: pathOf(connection), table: "series", run };
  const total = new Bucket();
  const inOrder = series.toSorted((a, b) =>
    Number(a["attempt"]) - Number(b["attempt"])
  );
  for (const row of inOrder) {
    const checked = checkedSeries(row, place);
    total.merge(checkedSummary(connection, checked, place));
  }
  return total;
}
