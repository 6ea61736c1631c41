/**
 * Reads the points of a metric, a page at a time.
 *
 * @module
 */
import {
  checkAnyText,
  checkInteger,
  checkNumber,
  checkOptions,
  ifGiven,
} from "./_check.ts";
import { decodeValue } from "./_bucket.ts";
import { RowReader } from "./_row_reader.ts";
import { checkPoint, LEAST, stepOrNull, tailOf } from "./_series_summary.ts";
import type { Connection, Row } from "./driver.ts";
import { damageError, type Place } from "./errors.ts";

/** One point of a metric. */
export interface MetricPoint {
  /** Its step. */
  readonly step: number;
  /** Its value; may be NaN or infinite. */
  readonly value: number;
  /** When it was logged, by the wall clock. */
  readonly time: Date;
}

/** A position among the points of a metric, from which reading continues. */
export interface MetricCursor {
  /** The step of the last point that was read. */
  readonly step: number;
  /** Its attempt. */
  readonly attempt: number;
  /** Its sequence number. */
  readonly seq: number;
}

/** A page of points. */
export interface MetricPage {
  /** The points, by step, then in the order in which they were logged. */
  readonly points: readonly MetricPoint[];
  /** The `after` of the next page; absent on the last page. */
  readonly next?: MetricCursor;
}

/** Options for {@linkcode RunMetrics.points}. */
export interface PointRange {
  /**
   * The least step.
   *
   * @default {the first step}
   */
  readonly from?: number;
  /**
   * The greatest step.
   *
   * @default {the last step}
   */
  readonly to?: number;
  /**
   * The largest number of points.
   *
   * @default {1000}
   */
  readonly limit?: number;
  /**
   * The `next` of the page before.
   *
   * @default {the first page}
   */
  readonly after?: MetricCursor;
}

/** The action that messages name. */
export const READ = "read a metric";

/**
 * Checks the name of a metric.
 *
 * @throws {TrackerUsageError} If it is not a string.
 */
export function checkMetric(metric: unknown): void {
  checkAnyText(metric, { action: READ, what: "its name" });
}

/**
 * Checks a range of points.
 *
 * @throws {TrackerUsageError} If a bound is not a number.
 */
export function checkRange(range: PointRange): void {
  const action = READ;
  checkOptions(range, { action, what: "the argument" }, "an object");
  const { from, to, limit, after } = range;
  ifGiven(from, (value) => checkNumber(value, { action, what: "from" }));
  ifGiven(to, (value) => checkNumber(value, { action, what: "to" }));
  ifGiven(limit, (value) => checkInteger(value, { action, what: "limit" }, 1));
  ifGiven(after, (value) => {
    checkOptions(value, { action, what: "after" }, "the next of a page");
    for (const name of ["step", "attempt", "seq"] as const) {
      checkInteger(value[name], { action, what: `after.${name}` });
    }
  });
}

/** A point with its position. */
type PlacedPoint = MetricPoint & MetricCursor;

/**
 * Reads a page of the points of all series of a metric.
 *
 * @param connection The file.
 * @param series The rows of the series, checked.
 * @param range The range of the points.
 * @param placeOf Returns the place of a table, for messages.
 * @returns the page.
 */
export function readPage(
  connection: Connection,
  series: readonly Row[],
  range: PointRange,
  placeOf: (table: string) => Place,
): MetricPage {
  const limit = range.limit ?? 1000;
  const reader = new SeriesReader(connection, range, placeOf);
  const rows = series.flatMap((one) => reader.pointsOf(one, limit + 1));
  rows.sort((a, b) =>
    a.step - b.step || a.attempt - b.attempt || a.seq - b.seq
  );
  refuseDisorder(rows, range.after, placeOf("points"));
  const page = rows.slice(0, limit);
  const end = rows.length > limit ? page.at(-1) : undefined;
  const points = page.map(({ step, value, time }) => ({ step, value, time }));
  if (end === undefined) return { points };
  const { step, attempt, seq } = end;
  return { points, next: { step, attempt, seq } };
}

class SeriesReader {
  readonly #connection: Connection;
  readonly #range: PointRange;
  readonly #placeOf: (table: string) => Place;

  constructor(
    connection: Connection,
    range: PointRange,
    placeOf: (table: string) => Place,
  ) {
    this.#connection = connection;
    this.#range = range;
    this.#placeOf = placeOf;
  }

  pointsOf(series: Row, limit: number): PlacedPoint[] {
    const { step, seq } = this.#startIn(series);
    const cut = stepOrNull(series["cut_step"]) ?? Number.MAX_SAFE_INTEGER;
    const { to = Infinity } = this.#range;
    const rows = this.#connection.prepare(
      `SELECT step, seq, value, kind, at FROM points WHERE series_id = ?
       AND (step, seq) > (?, ?) AND step <= ? ORDER BY step, seq LIMIT ?`,
    ).all(series["id"]!, step, seq, Math.min(to, cut), limit);
    for (const row of rows) checkPoint(row, this.#placeOf("points"));
    const newest = tailOf(this.#connection, series).filter((row) => {
      checkPoint(row, this.#placeOf("tail"));
      const [at, n] = [Number(row["step"]), Number(row["seq"])];
      return (at > step || (at === step && n > seq)) && at <= to;
    });
    return [...rows, ...newest].map((row) => this.#toPoint(row, series));
  }

  /** The position after which the points of a series belong to the page. */
  #startIn(series: Row): { step: number; seq: number } {
    const { from = LEAST, after } = this.#range;
    if (after === undefined) return { step: from, seq: -1 };
    const step = Math.max(from, after.step);
    if (step !== after.step) return { step, seq: -1 };
    // Within one step, earlier attempts come first.
    const attempt = Number(series["attempt"]);
    if (attempt > after.attempt) return { step, seq: -1 };
    return {
      step,
      seq: attempt === after.attempt ? after.seq : Number.MAX_SAFE_INTEGER,
    };
  }

  #toPoint(row: Row, series: Row): PlacedPoint {
    const start = Number(series["start"]);
    return {
      step: Number(row["step"]),
      value: decodeValue(row["value"], row["kind"]),
      time: timeOf(row, start, this.#placeOf("points")),
      attempt: Number(series["attempt"]),
      seq: Number(row["seq"]),
    };
  }
}

/** Millions of points are read, so a reader is made only for a point that is damaged. */
function timeOf(row: Row, start: number, place: Place): Date {
  const at = start + Number(row["at"]);
  const time = new Date(at);
  return Number.isNaN(time.getTime())
    ? new RowReader(row, place).milliseconds("at", at)
    : time;
}

/** Refuses points that are out of order: in a damaged index, a page may start before the last one, without end. */
function refuseDisorder(
  rows: readonly MetricCursor[],
  after: MetricCursor | undefined,
  place: Place,
): void {
  let before = after;
  for (const row of rows) {
    if (before !== undefined && !isAfter(row, before)) {
      throw damageError(
        place,
        `its points are out of order at step ${row.step}`,
      );
    }
    before = row;
  }
}

function isAfter(a: MetricCursor, b: MetricCursor): boolean {
  if (a.step !== b.step) return a.step > b.step;
  return a.attempt !== b.attempt ? a.attempt > b.attempt : a.seq > b.seq;
}
