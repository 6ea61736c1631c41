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
  UNION ALL SELECT * FROM series WHERE project_id = ? AND key = ? AND closed = 0
  ORDER BY run_id, attempt`;

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
    .iterate(projectId, metric, projectId, metric);
  const found = new Map<number, MetricSummary>();
  for (const [run, series] of byRun(rows)) {
    const total = skip(() => totalOf(connection, run, series));
    if (total !== undefined && total.count > 0) {
      found.set(run, toSummary(metric, total));
    }
  }
  return found;
}

/** The rows of one run after the other: those of thousands of runs at once would take much memory. */
function* byRun(rows: Iterable<Row>): Generator<[run: number, rows: Row[]]> {
  let run: number | undefined;
  let series: Row[] = [];
  for (const row of rows) {
    const next = Number(row["run_id"]);
    if (run !== undefined && next !== run) {
      yield [run, series];
      series = [];
    }
    run = next;
    series.push(row);
  }
  if (run !== undefined) yield [run, series];
}

function totalOf(
  connection: Connection,
  run: number,
  series: readonly Row[],
): Bucket {
  const place = { path: pathOf(connection), table: "series", run };
  const total = new Bucket();
  for (const row of series) {
    const checked = checkedSeries(row, place);
    total.merge(checkedSummary(connection, checked, place));
  }
  return total;
}
