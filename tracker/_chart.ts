/** Curves for charts; long curves are read from rollups. */
import { Bucket, BUCKET_SIZE, FAN_OUT, TOP_LEVEL } from "./_bucket.ts";
import {
  addPoint,
  checkedRollup,
  checkPoint,
  LEAST,
  stepOrNull,
  tailOf,
} from "./_series_summary.ts";
import type { Connection, Row } from "./driver.ts";
import type { Place } from "./errors.ts";

/** Up to this many points for each part of a chart, the points themselves are read. */
const RAW_AT_MOST = 8;

/** Rows that are read at once: many more would fill the memory of a server with what it needs for a moment only. */
const SLICE = 1_000;

/** A request for the curve of a series. */
export interface ChartRequest {
  /** The row of the series, checked. */
  readonly row: Row;
  /** The place that an error names. */
  readonly place: Place;
  readonly maxPoints: number;
  readonly from: number;
  readonly to: number;
}

/** Returns the parts of a series that a chart needs: rollups of the fitting level, and single points. */
export function chartParts(
  connection: Connection,
  request: ChartRequest,
): Bucket[] {
  const { row, maxPoints, from, place } = request;
  const id = Number(row["id"]);
  const to = Math.min(
    request.to,
    stepOrNull(row["cut_step"]) ?? Number.MAX_SAFE_INTEGER,
  );
  const rolled = stepOrNull(row["rolled_step"]) ?? LEAST - 1;
  const level = chooseLevel(connection, { id, maxPoints, from, to });
  const parts = tailOf(connection, row)
    .filter((point) =>
      Number(point["step"]) >= from && Number(point["step"]) <= to
    )
    .map((point) => toPart(point, { ...place, table: "tail" }));
  if (level === 0) {
    return [...rawParts(connection, { id, from, to, place }), ...parts];
  }
  // One by one: a curve may have more parts than a call may have arguments.
  const add = (part: Bucket): void => void parts.push(part);
  rollupParts(connection, { id, level, from, to, place }).forEach(add);
  if (rolled < to) {
    const rest = { id, from: Math.max(from, rolled + 1), to, place };
    rawParts(connection, rest).forEach(add);
  }
  return parts;
}

function toPart(row: Row, place: Place): Bucket {
  checkPoint(row, place);
  const part = new Bucket();
  addPoint(part, row);
  return part;
}

/**
 * Returns the coarsest level with enough parts, which is half of `maxPoints`, because {@linkcode join} may leave only
 * so many of a finer one; 0 for the points themselves.
 */
function chooseLevel(
  connection: Connection,
  request: { id: number; maxPoints: number; from: number; to: number },
): number {
  const { id, maxPoints, from, to } = request;
  const count = connection.prepare(
    `SELECT count(*) AS n FROM (SELECT 1 FROM rollups WHERE series_id = ? AND level = ?
     AND last_step >= ? AND first_step <= ? LIMIT ?)`,
  );
  const rowsOf = (level: number): number =>
    Number(count.get(id, level, from, to, maxPoints)!["n"]);
  for (let level = TOP_LEVEL; level > 1; level--) {
    if (rowsOf(level) >= maxPoints / 2) return level;
  }
  // To read a few thousand points is cheap, and rollups would make the chart coarser.
  return rowsOf(1) * BUCKET_SIZE > RAW_AT_MOST * maxPoints ? 1 : 0;
}

/**
 * Returns the rollups of a level, and those of finer levels that no row of that level covers yet. Rows
 * that reach beyond the range are split, so that nothing outside of it is shown.
 */
function rollupParts(
  connection: Connection,
  request: Range & { level: number },
): Bucket[] {
  const { id, level, from, to } = request;
  const place = { ...request.place, table: "rollups" };
  const parts: Bucket[] = [];
  const select = connection.prepare(
    `SELECT * FROM rollups WHERE series_id = ? AND level = ? AND n >= ? AND n < ?
     AND last_step >= ? AND first_step <= ? ORDER BY n LIMIT ${SLICE}`,
  );
  const take = (at: number, first: number, end: number): void => {
    for (let next: number | undefined = first; next !== undefined;) {
      const rows: Row[] = select.all(id, at, next, end, from, to);
      for (const row of rows) takeRow(at, row);
      const last: Row | undefined = rows[SLICE - 1];
      next = last && Number(last["n"]) + 1;
    }
  };
  const takeRow = (at: number, row: Row): void => {
    const bucket = Bucket.fromRollup(checkedRollup(row, place));
    const whole = bucket.firstStep! >= from && bucket.lastStep! <= to;
    const n = Number(row["n"]);
    if (whole) parts.push(bucket);
    else if (at > 1) take(at - 1, n * FAN_OUT, (n + 1) * FAN_OUT);
    else parts.push(...edgeParts(connection, { ...request, bucket }));
  };
  const counts = connection.prepare(
    "SELECT coalesce(max(n) + 1, 0) AS n FROM rollups WHERE series_id = ? AND level = ?",
  );
  let covered = 0;
  for (let at = level; at >= 1; at--) {
    take(at, covered, Number.MAX_SAFE_INTEGER);
    covered = Number(counts.get(id, at)!["n"]) * FAN_OUT;
  }
  take(0, 0, Number.MAX_SAFE_INTEGER);
  return parts;
}

/** Returns the points of a row that are within the range. */
function edgeParts(
  connection: Connection,
  request: Range & { bucket: Bucket },
): Bucket[] {
  const { bucket } = request;
  const from = Math.max(request.from, bucket.firstStep!);
  const to = Math.min(request.to, bucket.lastStep!);
  return rawParts(connection, { ...request, from, to });
}

/** A range of a series. */
interface Range {
  readonly id: number;
  readonly from: number;
  readonly to: number;
  readonly place: Place;
}

function rawParts(connection: Connection, request: Range): Bucket[] {
  const { id, from, to } = request;
  const place = { ...request.place, table: "points" };
  const rows = connection.prepare(
    "SELECT step, value, kind FROM points WHERE series_id = ? AND step BETWEEN ? AND ? ORDER BY step, seq",
  );
  return Array.from(
    rows.iterate(id, from, to),
    (row) => toPart(row, place),
  );
}

/** Merges neighbours into at most about `maxPoints` parts with similar numbers of points. */
export function join(parts: readonly Bucket[], maxPoints: number): Bucket[] {
  const total = parts.reduce((sum, part) => sum + part.count, 0);
  const enough = total / Math.max(1, maxPoints);
  const bins: Bucket[] = [];
  let bin = new Bucket();
  for (const part of parts) {
    bin.merge(part);
    if (bin.count < enough) continue;
    bins.push(bin);
    bin = new Bucket();
  }
  if (bin.count > 0) bins.push(bin);
  return bins;
}
