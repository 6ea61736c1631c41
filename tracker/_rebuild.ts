/** Recomputes summaries and rollups from the points of a series. */
import { Bucket, BUCKET_SIZE, FAN_OUT, TOP_LEVEL } from "./_bucket.ts";
import type { Connection, Row } from "./driver.ts";

const SET_SUMMARY =
  `UPDATE series SET count = ?, nonfinite = ?, diverged_step = ?, first_step = ?,
  first = ?, last_step = ?, last = ?, last_kind = ?, min = ?, min_step = ?, max = ?, max_step = ?,
  rolled_step = ?, next_seq = max(next_seq, ?) WHERE id = ?`;

/**
 * Recomputes summary and rollups of a series from its points (those up to `cut_step`, if the run was
 * resumed before its end). This is needed when points do not come from a logger: from Python ato, from
 * a spill file, or when a run resumes.
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
    next = Math.max(next, Number(point["seq"]) + 1);
    if (current.count === BUCKET_SIZE) {
      rows.push(current);
      current = new Bucket();
    }
    const step = Number(point["step"]);
    current.add(step, ...valueOf(point));
    summary.add(step, ...valueOf(point));
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
 * Updates summary and rollups of a series. If its steps came in order, the rollups that are
 * still valid are used, otherwise all points.
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
  if (!isInOrder(rows)) return rebuildSeries(connection, id);
  const { summary, rolled } = mergeRollups(rows, cut);
  if (cut !== Infinity) {
    connection.prepare(
      "DELETE FROM rollups WHERE series_id = ? AND last_step > ?",
    ).run(id, cut);
  }
  if (summary.count > 0) Object.assign(summary, readEnds(connection, { id }));
  const next = addPointsAfter(connection, { id, rolled, cut, summary });
  connection.prepare(SET_SUMMARY)
    .run(...summary.summaryColumns(), rolled, next, id);
}

function isInOrder(rollups: readonly Row[]): boolean {
  return rollups.every((row, i) =>
    Number(row["level"]) === 1 &&
    (i === 0 ||
      Number(row["first_step"]) > Number(rollups[i - 1]!["last_step"]))
  );
}

/** Merges the rollups up to a step, and returns the last step that they cover. */
function mergeRollups(
  rollups: readonly Row[],
  cut: number,
): { summary: Bucket; rolled: number | null } {
  const summary = new Bucket();
  let rolled: number | null = null;
  for (const row of rollups) {
    if (Number(row["last_step"]) > cut) break;
    summary.merge(Bucket.fromRollup(row));
    rolled = Number(row["last_step"]);
  }
  return { summary, rolled };
}

/** Adds the points that no rollup covers, and returns the next sequence number. */
function addPointsAfter(
  connection: Connection,
  options: { id: number; rolled: number | null; cut: number; summary: Bucket },
): number {
  const { id, rolled, cut, summary } = options;
  const points = connection.prepare(
    "SELECT step, seq, value, kind FROM points WHERE series_id = ? AND step > ? ORDER BY step, seq",
  );
  let next = 0;
  for (const point of points.iterate(id, rolled ?? -Number.MAX_SAFE_INTEGER)) {
    next = Math.max(next, Number(point["seq"]) + 1);
    const step = Number(point["step"]);
    if (step <= cut) summary.add(step, ...valueOf(point));
  }
  return next;
}

/** The value of a point and its kind, as {@linkcode Bucket.add} takes them. */
function valueOf(point: Row): [value: number | null, kind: number | null] {
  const [value, kind] = [point["value"], point["kind"]];
  return [
    value === null ? null : Number(value),
    kind === null ? null : Number(kind),
  ];
}

/** What rollups do not store of their points: the first value, and the first step that is not finite. */
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

/** Moves a run's newest points from `tail` to `points`. */
export const MOVE_TAIL: string =
  `INSERT INTO points (series_id, step, seq, value, kind, at)
  SELECT series_id, step, seq, value, kind, at FROM tail WHERE run_id = ?`;
/** Deletes the tail of a run after it was moved. */
export const CLEAR_TAIL: string = "DELETE FROM tail WHERE run_id = ?";

/**
 * Moves the tail that a run left, and updates its series.
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
