/** The current summary of a series: the stored one, with the newer points from the tail. */
import { Bucket, KIND } from "./_bucket.ts";
import { RowReader } from "./_row_reader.ts";
import type { Connection, Row, SqlValue } from "./driver.ts";
import { damageError, type Place } from "./errors.ts";
import { visible } from "../internal/visible_text.ts";

/** The least possible step. */
export const LEAST: number = -Number.MAX_SAFE_INTEGER;

/** Reads a column that may be NULL. */
export function stepOrNull(value: SqlValue | undefined): number | null {
  return value === null || value === undefined ? null : Number(value);
}

/** Returns the points of a series that are still in `tail`, without replaced ones. */
export function tailOf(connection: Connection, series: Row): Row[] {
  if (Number(series["closed"]) === 1) return [];
  const cut = stepOrNull(series["cut_step"]) ?? Number.MAX_SAFE_INTEGER;
  return connection.prepare(
    `SELECT step, seq, value, kind, at FROM tail
     WHERE run_id = ? AND series_id = ? AND step <= ? ORDER BY step, seq`,
  ).all(series["run_id"]!, series["id"]!, cut);
}

/** Adds a point that {@linkcode checkPoint} accepted. */
export function addPoint(bucket: Bucket, row: Row): void {
  const value = row["value"] === null ? null : Number(row["value"]);
  bucket.add(Number(row["step"]), value, stepOrNull(row["kind"]));
}

/**
 * Returns the summary of a series: the stored one, with the points in the tail.
 *
 * @param connection The file.
 * @param series The row of the series, from {@linkcode checkedSeries}.
 * @param place The place that an error names.
 * @returns the summary.
 */
export function checkedSummary(
  connection: Connection,
  series: Row,
  place: Place,
): Bucket {
  const summary = Bucket.fromSeries(series);
  for (const row of tailOf(connection, series)) {
    checkPoint(row, { ...place, table: "tail" });
    addPoint(summary, row);
  }
  return summary;
}

/** Refuses a point that no logger writes: it could only be shown as another number. */
export function checkPoint(row: Row, place: Place): void {
  const { step, seq, value, kind, at } = row;
  const isWhole = Number.isSafeInteger(step) &&
    (seq === undefined || Number.isSafeInteger(seq)) &&
    (at === undefined || Number.isSafeInteger(at));
  if (isWhole && isValue(value, kind)) return;
  const read = new RowReader(row, place);
  read.integer("step");
  if (seq !== undefined) read.integer("seq");
  if (at !== undefined) read.integer("at");
  const what = value === null ? "missing" : `${value}`;
  throw read.damage(
    "value",
    `at step ${step} is ${visible(what)}, not a number`,
  );
}

/** Whether a value is a finite number, or has the kind of a number that the file cannot hold. */
function isValue(
  value: SqlValue | undefined,
  kind: SqlValue | undefined,
): boolean {
  if (kind === null) return typeof value === "number" && Number.isFinite(value);
  if (kind === KIND.minusZero) return value === 0;
  return value === null &&
    (kind === KIND.nan || kind === KIND.infinity ||
      kind === KIND.minusInfinity);
}

/**
 * Checks the row of a series: every value must be a number, and the values must be consistent.
 *
 * @param row The row.
 * @param place The place that an error names.
 * @returns the row.
 */
export function checkedSeries(row: Row, place: Place): Row {
  const read = new RowReader(row, place);
  read.text("key");
  for (const name of ["id", "attempt", "closed"]) read.count(name);
  read.milliseconds("start", read.integer("start"));
  read.optionalInteger("cut_step");
  read.optionalInteger("rolled_step");
  checkSummary(read, read.optionalReal("first"), place);
  return row;
}

/**
 * Checks the values of a series or of a rollup. A long curve has tens of thousands of rollups, so it makes no lists.
 *
 * @param read The row.
 * @param first The first value, if it has one; a rollup has none.
 * @param place The place that an error names.
 */
function checkSummary(
  read: RowReader,
  first: number | undefined,
  place: Place,
): void {
  const count = read.integer("count");
  const nonfinite = read.integer("nonfinite");
  const min = read.optionalReal("min");
  const max = read.optionalReal("max");
  const start = read.optionalInteger("first_step");
  const end = read.optionalInteger("last_step");
  const minStep = read.optionalInteger("min_step");
  const maxStep = read.optionalInteger("max_step");
  const last = read.optionalReal("last");
  if (count === 0) return;
  const hasEnds = start !== undefined && end !== undefined && start <= end;
  const hasExtremes = count === nonfinite
    ? min === undefined && max === undefined
    : min !== undefined && max !== undefined && min <= max &&
      isWithin(minStep, start, end) && isWithin(maxStep, start, end);
  if (
    count > 0 && nonfinite >= 0 && nonfinite <= count && hasEnds &&
    hasExtremes && (first === undefined || isWithin(first, min, max)) &&
    (last === undefined || isWithin(last, min, max))
  ) return;
  throw damageError(
    place,
    `the values in ${place.table} contradict each other (count ${count}, steps ${start} to ${end}, ` +
      `values ${min} to ${max})`,
  );
}

/** Whether a number is known, and is in a range that is known. */
function isWithin(
  value: number | undefined,
  low: number | undefined,
  high: number | undefined,
): boolean {
  return value !== undefined && low !== undefined && high !== undefined &&
    low <= value && value <= high;
}

/** Checks a rollup row. */
export function checkedRollup(row: Row, place: Place): Row {
  const read = new RowReader(row, place);
  read.integer("n");
  checkSummary(read, undefined, place);
  return row;
}
