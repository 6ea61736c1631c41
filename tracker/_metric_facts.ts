/** Summaries of the metrics of many runs, as `why` needs them. */
import { Bucket, decodeValue } from "./_bucket.ts";
import { pathOf } from "./_reading.ts";
import { checkedSeries, checkedSummary } from "./_series_summary.ts";
import { schemaVersion } from "./_schema_version.ts";
import type { Connection, Row, SqlValue } from "./driver.ts";
import { StorageError } from "./errors.ts";
import type { MetricFacts } from "../internal/run_facts.ts";

/** The metrics of a run, or why they cannot be read. */
export type RunMetricFacts = ReadonlyMap<string, MetricFacts> | StorageError;

/**
 * Whether the summary of a series says all: it is closed, it is the only one of its metric, it ends with a
 * finite number, and its figures are consistent. {@linkcode addPlain} checks their types.
 */
const IS_PLAIN = `(s.closed = 1 AND s.attempt <= 1 AND s.latest = 1
    AND s.cut_step IS NULL AND s.last_kind IS NULL AND s.nonfinite BETWEEN 0 AND s.count - 1
    AND s.first_step <= s.last_step AND s.last BETWEEN s.min AND s.max)`;

const OF_RUNS =
  `s.run_id IN (SELECT value FROM json_each(?)) AND (? IS NULL OR s.key IN (SELECT value FROM json_each(?)))`;

const SUMMARIES =
  `SELECT s.run_id, s.key, s.count, s.last_step, s.last, s.min, s.max, ${IS_PLAIN} AS plain
   FROM series s WHERE ${OF_RUNS}`;

/**
 * Summarises the metrics of runs. The time does not grow with the number of points.
 *
 * @param connection The file.
 * @param runs The ids of the runs.
 * @param metrics The names of the metrics; all if it is absent.
 */
export function metricFacts(
  connection: Connection,
  runs: readonly number[],
  metrics?: readonly string[],
): Map<number, RunMetricFacts> {
  const names = metrics === undefined ? null : JSON.stringify(metrics);
  const params = [JSON.stringify(runs), names, names];
  const found = new Map<number, RunMetricFacts>();
  const others = new Map<number, Set<SqlValue>>();
  for (const row of connection.prepare(SUMMARIES).all(...params)) {
    if (!addPlain(found, row)) addOther(others, row);
  }
  for (const [run, keys] of others) {
    const series = connection.prepare(
      "SELECT * FROM series WHERE run_id = ? ORDER BY key, attempt",
    ).all(run).filter((row) => keys.has(row["key"]!));
    const facts = factsOrError(connection, run, series);
    found.set(run, joined(found.get(run), facts));
  }
  return found;
}

function addOther(others: Map<number, Set<SqlValue>>, row: Row): void {
  const run = Number(row["run_id"]);
  const keys = others.get(run) ?? new Set();
  others.set(run, keys.add(row["key"]!));
}

/** Adds a plain summary; returns false if it is not one. */
function addPlain(found: Map<number, RunMetricFacts>, row: Row): boolean {
  const { run_id: run, key, count, last_step: lastStep, last, min, max } = row;
  const isPlain = row["plain"] === 1 && Number.isSafeInteger(run) &&
    typeof key === "string" && Number.isSafeInteger(count) &&
    Number.isSafeInteger(lastStep) && isFinite(last) && isFinite(min) &&
    isFinite(max);
  if (!isPlain) return false;
  let facts = found.get(run as number) as Map<string, MetricFacts> | undefined;
  if (facts === undefined) found.set(run as number, facts = new Map());
  facts.set(key, {
    count: count as number,
    lastStep: lastStep as number,
    last,
    lastFinite: last,
    min,
    max,
  });
  return true;
}

function isFinite(value: SqlValue | undefined): value is number {
  return Number.isFinite(value);
}

/** All series of a metric that has one that is not plain are summed up together. */
function joined(
  plain: RunMetricFacts | undefined,
  others: RunMetricFacts,
): RunMetricFacts {
  if (others instanceof StorageError || plain === undefined) return others;
  return new Map([...plain as ReadonlyMap<string, MetricFacts>, ...others]);
}

function grouped(rows: readonly Row[], column: string): Map<unknown, Row[]> {
  const groups = new Map<unknown, Row[]>();
  for (const row of rows) {
    const group = groups.get(row[column]);
    if (group === undefined) groups.set(row[column], [row]);
    else group.push(row);
  }
  return groups;
}

function factsOrError(
  connection: Connection,
  run: number,
  rows: readonly Row[],
): RunMetricFacts {
  try {
    const facts = new Map<string, MetricFacts>();
    for (const [key, series] of grouped(rows, "key")) {
      const one = factsOf(connection, run, series);
      if (one !== undefined) facts.set(String(key), one);
    }
    return facts;
  } catch (error) {
    if (error instanceof StorageError && error.problem === "corrupt") {
      return error;
    }
    throw error;
  }
}

function factsOf(
  connection: Connection,
  run: number,
  series: readonly Row[],
): MetricFacts | undefined {
  const place = { path: pathOf(connection), table: "series", run };
  const total = new Bucket();
  for (const row of series) {
    total.merge(checkedSummary(connection, checkedSeries(row, place), place));
  }
  if (total.count === 0) return undefined;
  const last = decodeValue(total.last, total.lastKind);
  return {
    count: total.count,
    lastStep: total.lastStep!,
    last,
    lastFinite: Number.isFinite(last)
      ? last
      : total.count === total.nonfinite
      ? undefined
      : lastFinite(connection, run, series),
    min: total.min ?? undefined,
    max: total.max ?? undefined,
  };
}

/** The finite values of a series from its end, within some steps. */
const BACKWARDS = (table: string): string =>
  `SELECT step, seq, value FROM ${table} WHERE series_id = ? AND step BETWEEN ? AND ?
   AND value IS NOT NULL ORDER BY step DESC, seq DESC LIMIT 1`;

/** Finds the last finite value of a metric that ends with others. */
function lastFinite(
  connection: Connection,
  run: number,
  series: readonly Row[],
): number | undefined {
  const found = series.flatMap((row) => [
    ...lastInTail(connection, run, row),
    ...lastInPoints(connection, row),
  ]);
  let best: Row | undefined;
  for (const row of found) {
    if (best === undefined || isLater(row, best)) best = row;
  }
  return best === undefined ? undefined : Number(best["value"]);
}

function isLater(row: Row, other: Row): boolean {
  return Number(row["step"]) >= Number(other["step"]);
}

function cutOf(series: Row): number {
  const cut = series["cut_step"];
  return cut === null ? Number.MAX_SAFE_INTEGER : Number(cut);
}

function lastInTail(connection: Connection, run: number, series: Row): Row[] {
  const row = connection.prepare(
    `SELECT step, seq, value FROM tail WHERE run_id = ? AND series_id = ? AND step <= ?
     AND value IS NOT NULL ORDER BY step DESC, seq DESC LIMIT 1`,
  ).get(run, series["id"]!, cutOf(series));
  return row === undefined ? [] : [row];
}

function lastInPoints(connection: Connection, series: Row): Row[] {
  if (schemaVersion(connection) === 0) return [];
  const id = series["id"]!;
  const cut = cutOf(series);
  const find = connection.prepare(BACKWARDS("points"));
  const rolled = series["rolled_step"];
  const start = rolled === null ? Number.MIN_SAFE_INTEGER : Number(rolled) + 1;
  const fresh = find.get(id, start, cut);
  if (fresh !== undefined || rolled === null) return fresh ? [fresh] : [];
  // Rollups say which steps have finite values, so that a long tail of NaN is not read.
  const parts = connection.prepare(
    `SELECT first_step, last_step FROM rollups WHERE series_id = ? AND level IN (0, 1)
     AND count > nonfinite AND first_step <= ? ORDER BY last_step DESC LIMIT 64`,
  ).all(id, cut);
  for (const part of parts) {
    const to = Math.min(cut, Number(part["last_step"]));
    const row = find.get(id, part["first_step"]!, to);
    if (row !== undefined) return [row];
  }
  return [];
}
