/**
 * Reads the points of a run in the order in which they were logged, so that a reader can continue where it stopped.
 *
 * @module
 */
import { decodeValue } from "./_bucket.ts";
import { pathOf } from "./_reading.ts";
import { RowReader } from "./_row_reader.ts";
import { checkPoint, stepOrNull } from "./_series_summary.ts";
import type { Connection, Row } from "./driver.ts";
import type { Place } from "./errors.ts";
import type { MetricPoint } from "./metric_points.ts";

/** The points of one metric that one attempt of a run has logged. */
export interface LoggedSeries {
  /** The metric's name. */
  readonly metric: string;
  /** The attempt of the run. */
  readonly attempt: number;
  /** The number that the next point will get; the first point has 0. */
  readonly next: number;
  /** The last step that counts, if a later attempt replaced the points after it. */
  readonly cutStep?: number;
}

/** A part of a series, in the order of logging. */
export interface LoggedPoints {
  /** The points, without those that a later attempt replaced. */
  readonly points: readonly MetricPoint[];
  /** The `from` of the next part. */
  readonly next: number;
  /** The `afterStep` of the next part. */
  readonly lastStep: number;
}

/** Where to continue in a series. */
export interface LoggedRange {
  /** The number of the first point. @default {0} */
  readonly from?: number;
  /** The greatest step that was read so far; it makes reading quick if steps rise. @default {none} */
  readonly afterStep?: number;
  /** The largest number of points. @default {1000} */
  readonly limit?: number;
}

const LEAST_STEP = -Number.MAX_SAFE_INTEGER;

/**
 * Lists the series of a run.
 *
 * @param connection The file.
 * @param runId The run.
 * @returns the series, by metric and attempt.
 */
export function readLoggedSeries(
  connection: Connection,
  runId: number,
): LoggedSeries[] {
  const place = { path: pathOf(connection), table: "series", run: runId };
  return seriesRows(connection, runId).map((row) => {
    const read = new RowReader(row, place);
    const cutStep = read.optionalInteger("cut_step");
    return {
      metric: read.text("key"),
      attempt: read.count("attempt"),
      next: read.count("next"),
      ...(cutStep !== undefined && { cutStep }),
    };
  });
}

/**
 * Reads a part of a series.
 *
 * @param connection The file.
 * @param of The run, the metric and the attempt.
 * @param range Where it starts, and how long it is.
 * @returns the points and where to continue; `next` is `from` if there are no more.
 */
export function readLogged(
  connection: Connection,
  of: {
    readonly runId: number;
    readonly metric: string;
    readonly attempt: number;
  },
  range: LoggedRange,
): LoggedPoints {
  const { from = 0, afterStep = LEAST_STEP, limit = 1000 } = range;
  const place = { path: pathOf(connection), table: "points", run: of.runId };
  const series = seriesRows(connection, of.runId).find((row) =>
    row["key"] === of.metric && row["attempt"] === of.attempt
  );
  if (series === undefined) {
    return { points: [], next: from, lastStep: afterStep };
  }
  const end = Number(series["next"]);
  const rows = rowsFrom(connection, series, {
    from,
    end,
    limit,
    step: afterStep,
  });
  const cut = stepOrNull(series["cut_step"]) ?? Infinity;
  const start = Number(series["start"]);
  let lastStep = afterStep;
  for (const row of rows) {
    checkPoint(row, place);
    lastStep = Math.max(lastStep, Number(row["step"]));
  }
  return {
    points: rows.filter((row) => Number(row["step"]) <= cut)
      .map((row) => toPoint(row, start, place)),
    next: rows.length === 0
      ? Math.max(from, end)
      : Number(rows.at(-1)!["seq"]) + 1,
    lastStep,
  };
}

function seriesRows(connection: Connection, runId: number): Row[] {
  return connection.prepare(
    `SELECT s.id, s.run_id, s.key, s.attempt, s.start, s.cut_step,
       max(s.next_seq, coalesce(t.next, 0)) AS next
     FROM series s LEFT JOIN (
       SELECT series_id, max(seq) + 1 AS next FROM tail WHERE run_id = ? GROUP BY series_id
     ) t ON t.series_id = s.id
     WHERE s.run_id = ? ORDER BY s.key, s.attempt`,
  ).all(runId, runId);
}

interface Window {
  readonly from: number;
  readonly end: number;
  readonly limit: number;
  /** The greatest step before `from`. */
  readonly step: number;
}

/** Points are stored by step. If steps rise, the next ones stand behind the last step; otherwise all are looked at. */
function rowsFrom(
  connection: Connection,
  series: Row,
  window: Window,
): readonly Row[] {
  const { from, end, limit, step } = window;
  if (from >= end) return [];
  const risen = select(connection, series, {
    where: "step >= ? AND seq >= ?",
    order: "step, seq",
    params: [step, from],
    limit,
  });
  const isRisen = risen.length >= Math.min(limit, end - from) &&
    risen.every((row, i) => row["seq"] === from + i);
  return isRisen ? risen : select(connection, series, {
    where: "seq >= ?",
    order: "seq",
    params: [from],
    limit,
  });
}

function select(
  connection: Connection,
  series: Row,
  query: {
    readonly where: string;
    readonly order: string;
    readonly params: readonly number[];
    readonly limit: number;
  },
): Row[] {
  const { where, order, params, limit } = query;
  const columns = "step, seq, value, kind, at";
  const stored = connection.prepare(
    `SELECT ${columns} FROM points WHERE series_id = ? AND ${where} ORDER BY ${order} LIMIT ?`,
  ).all(series["id"]!, ...params, limit);
  const newest = connection.prepare(
    `SELECT ${columns} FROM tail WHERE run_id = ? AND series_id = ? AND ${where} ORDER BY ${order} LIMIT ?`,
  ).all(series["run_id"]!, series["id"]!, ...params, limit);
  return newest.length === 0 ? stored : [...stored, ...newest]
    .sort((a, b) =>
      order === "seq"
        ? Number(a["seq"]) - Number(b["seq"])
        : Number(a["step"]) - Number(b["step"]) ||
          Number(a["seq"]) - Number(b["seq"])
    )
    .slice(0, limit);
}

function toPoint(row: Row, start: number, place: Place): MetricPoint {
  return {
    step: Number(row["step"]),
    value: decodeValue(row["value"], row["kind"]),
    time: new RowReader(row, place).milliseconds(
      "at",
      start + Number(row["at"]),
    ),
  };
}
