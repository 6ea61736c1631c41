/** Recomputes what is derived from the points of a series. */
import { Bucket, BUCKET_SIZE, FAN_OUT, TOP_LEVEL } from "./_bucket.ts";
import type { Connection } from "./driver.ts";

const SET_SUMMARY =
  `UPDATE series SET count = ?, nonfinite = ?, diverged_step = ?, first_step = ?,
  first = ?, last_step = ?, last = ?, last_kind = ?, min = ?, min_step = ?, max = ?, max_step = ?,
  rolled_step = ?, next_seq = max(next_seq, ?) WHERE id = ?`;

/**
 * Recomputes summary and rollups of a series from its points (those up to `cut_step`, where the run
 * was resumed before its end). Needed where points arrive by another way than a logger's own: from
 * Python ato, from a spill file, or when a run resumes.
 */
export function rebuildSeries(connection: Connection, id: number): void {
  const series = connection.prepare("SELECT cut_step FROM series WHERE id = ?")
    .get(id);
  const cut = series?.["cut_step"] ?? null;
  const summary = new Bucket();
  const rows: Bucket[] = [];
  let current = new Bucket();
  let next = 0;
  const points = connection.prepare(
    "SELECT step, seq, value, kind FROM points WHERE series_id = ? AND step <= coalesce(?, 9e999) ORDER BY step, seq",
  );
  for (const point of points.iterate(id, cut)) {
    const value = point["value"] === null ? null : Number(point["value"]);
    const kind = point["kind"] === null ? null : Number(point["kind"]);
    next = Math.max(next, Number(point["seq"]) + 1);
    if (current.count === BUCKET_SIZE) {
      rows.push(current);
      current = new Bucket();
    }
    current.add(Number(point["step"]), value, kind);
    summary.add(Number(point["step"]), value, kind);
  }
  if (current.count > 0) rows.push(current);
  writeRollups(connection, { id, rows });
  connection.prepare(SET_SUMMARY).run(
    ...summary.summaryColumns(),
    summary.lastStep,
    next,
    id,
  );
}

function writeRollups(
  connection: Connection,
  options: { id: number; rows: Bucket[] },
): void {
  const { id } = options;
  connection.prepare("DELETE FROM rollups WHERE series_id = ?").run(id);
  const insert = connection.prepare(INSERT_ROLLUP);
  let rows = options.rows;
  for (let level = 1; level <= TOP_LEVEL && rows.length > 0; level++) {
    rows.forEach((row, n) => insert.run(id, level, n, ...row.rollupColumns()));
    const above: Bucket[] = [];
    for (let n = 0; n + FAN_OUT <= rows.length; n += FAN_OUT) {
      const merged = new Bucket();
      for (const row of rows.slice(n, n + FAN_OUT)) merged.merge(row);
      above.push(merged);
    }
    rows = above;
  }
}

/** Inserts a rollup row: series, level, n, then {@linkcode Bucket.rollupColumns}. */
export const INSERT_ROLLUP: string =
  "INSERT OR REPLACE INTO rollups VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

/**
 * Brings summary and rollups of a series up to date, from the rollups that still hold where its
 * steps came in order, otherwise from all points.
 */
export function refreshSeries(connection: Connection, id: number): void {
  const series = connection.prepare("SELECT cut_step FROM series WHERE id = ?")
    .get(id);
  const cut = series?.["cut_step"] === null
    ? Infinity
    : Number(series?.["cut_step"]);
  const select =
    "SELECT * FROM rollups WHERE series_id = ? AND level <= 1 ORDER BY level, n";
  const rows = connection.prepare(select).all(id);
  const inOrder = rows.every((row, i) =>
    Number(row["level"]) === 1 &&
    (i === 0 || Number(row["first_step"]) > Number(rows[i - 1]!["last_step"]))
  );
  if (!inOrder) return rebuildSeries(connection, id);
  const summary = new Bucket();
  let rolled: number | null = null;
  for (const row of rows) {
    if (Number(row["last_step"]) > cut) break;
    summary.merge(Bucket.fromRollup(row));
    rolled = Number(row["last_step"]);
  }
  if (cut !== Infinity) {
    connection.prepare(
      "DELETE FROM rollups WHERE series_id = ? AND last_step > ?",
    ).run(id, cut);
  }
  const ends = readEnds(connection, { id });
  if (summary.count > 0) Object.assign(summary, ends);
  let next = 0;
  const tail = connection.prepare(
    "SELECT step, seq, value, kind FROM points WHERE series_id = ? AND step > ? ORDER BY step, seq",
  );
  for (const point of tail.iterate(id, rolled ?? -Number.MAX_SAFE_INTEGER)) {
    next = Math.max(next, Number(point["seq"]) + 1);
    if (Number(point["step"]) > cut) continue;
    const value = point["value"] === null ? null : Number(point["value"]);
    const kind = point["kind"] === null ? null : Number(point["kind"]);
    summary.add(Number(point["step"]), value, kind);
  }
  const columns = [
    ...summary.summaryColumns(),
    rolled,
    next,
    id,
  ];
  connection.prepare(SET_SUMMARY).run(...columns);
}

/** What rollups do not tell of the points that they stand for: the first value, the first that is not finite. */
function readEnds(
  connection: Connection,
  options: { id: number },
): Partial<Bucket> {
  const { id } = options;
  const first = connection.prepare(
    "SELECT value FROM points WHERE series_id = ? ORDER BY step, seq LIMIT 1",
  ).get(id);
  const row = connection.prepare(
    "SELECT first_step, last_step FROM rollups WHERE series_id = ? AND level = 1 AND nonfinite > 0 ORDER BY n LIMIT 1",
  ).get(id);
  const diverged = row && connection.prepare(
    "SELECT min(step) AS step FROM points WHERE series_id = ? AND step BETWEEN ? AND ? AND value IS NULL",
  ).get(id, row["first_step"]!, row["last_step"]!);
  return {
    first: first?.["value"] == null ? null : Number(first["value"]),
    divergedStep: diverged?.["step"] == null ? null : Number(diverged["step"]),
  };
}

/** Moves a run's newest points to where they belong: from `tail` to `points`. */
export const MOVE_TAIL: string =
  `INSERT INTO points (series_id, step, seq, value, kind, at)
  SELECT series_id, step, seq, value, kind, at FROM tail WHERE run_id = ?`;
/** Forgets the tail of a run that was moved. */
export const CLEAR_TAIL: string = "DELETE FROM tail WHERE run_id = ?";

/**
 * Moves the tail that a run left behind, and brings its series up to date.
 *
 * @returns the ids of all series of the run.
 */
export function drainTail(connection: Connection, runId: number): number[] {
  const rows = connection.prepare(
    `SELECT s.id, EXISTS (SELECT 1 FROM tail t WHERE t.run_id = s.run_id AND t.series_id = s.id) AS has,
       EXISTS (SELECT 1 FROM tail t WHERE t.run_id = s.run_id AND t.series_id = s.id
         AND t.step <= s.rolled_step) AS late
     FROM series s WHERE s.run_id = ?`,
  ).all(runId);
  connection.prepare(MOVE_TAIL).run(runId);
  connection.prepare(CLEAR_TAIL).run(runId);
  for (const row of rows) {
    if (Number(row["late"]) === 1) rebuildSeries(connection, Number(row["id"]));
    else if (Number(row["has"]) === 1) {
      refreshSeries(connection, Number(row["id"]));
    }
  }
  return rows.map((row) => Number(row["id"]));
}
