/**
 * Reading metrics.
 *
 * @module
 */
import {
  Bucket,
  BUCKET_SIZE,
  decodeValue,
  FAN_OUT,
  TOP_LEVEL,
} from "./_bucket.ts";
import type { Connection, Row, SqlValue } from "./driver.ts";

/** One point of a metric. */
export interface MetricPoint {
  /** Its step. */
  readonly step: number;
  /** Its value; may be NaN or infinite. */
  readonly value: number;
  /** The wall clock when it was logged. */
  readonly time: Date;
}

/** A place in a metric's points, to go on from. */
export interface MetricCursor {
  /** The step of the last point read. */
  readonly step: number;
  /** Its attempt. */
  readonly attempt: number;
  /** Its sequence. */
  readonly seq: number;
}

/** Some points, and where to go on. */
export interface MetricPage {
  /** The points, by step, then in the order of logging. */
  readonly points: readonly MetricPoint[];
  /** Pass it as `after` for the next page; absent on the last. */
  readonly next?: MetricCursor;
}

/** Which points to read. */
export interface PointRange {
  /**
   * The least step.
   *
   * @default {the first}
   */
  readonly from?: number;
  /**
   * The greatest step.
   *
   * @default {the last}
   */
  readonly to?: number;
  /**
   * How many points at most.
   *
   * @default {1000}
   */
  readonly limit?: number;
  /** The `next` of the page before. */
  readonly after?: MetricCursor;
}

/** What a metric amounts to. Minimum and maximum are of finite values only. */
export interface MetricSummary {
  /** The metric's name. */
  readonly key: string;
  /** How many points. */
  readonly count: number;
  /** How many of them are NaN or infinite. */
  readonly nonfinite: number;
  /** The first step whose value is NaN or infinite. */
  readonly divergedAt?: number;
  /** The value at the least step. */
  readonly first: number;
  /** The least step. */
  readonly firstStep: number;
  /** The value at the greatest step; of several the latest. */
  readonly last: number;
  /** The greatest step. */
  readonly lastStep: number;
  /** The least finite value. */
  readonly min?: number;
  /** The earliest step with it. */
  readonly minStep?: number;
  /** The greatest finite value. */
  readonly max?: number;
  /** The earliest step with it. */
  readonly maxStep?: number;
}

/** A stretch of a curve: what a chart draws of it. */
export interface ChartBin {
  /** The least step in it. */
  readonly firstStep: number;
  /** The greatest step in it. */
  readonly lastStep: number;
  /** How many points it stands for. */
  readonly count: number;
  /** How many of them are NaN or infinite. */
  readonly nonfinite: number;
  /** The least finite value, and its step. */
  readonly min?: number;
  /** The step of `min`. */
  readonly minStep?: number;
  /** The greatest finite value. */
  readonly max?: number;
  /** The step of `max`. */
  readonly maxStep?: number;
  /** The last value; NaN where it is not finite. */
  readonly last: number;
}

const SERIES =
  "SELECT * FROM series WHERE run_id = ? AND key = ? ORDER BY attempt";
/** Points for each stretch of a chart up to which they are read themselves. */
const RAW_AT_MOST = 8;
const LEAST = -Number.MAX_SAFE_INTEGER;

function stepOrNull(value: SqlValue | undefined): number | null {
  return value === null || value === undefined ? null : Number(value);
}

/** The points of a series that still lie in `tail`, superseded ones left out. */
function tailOf(connection: Connection, series: Row): Row[] {
  if (Number(series["closed"]) === 1) return [];
  const cut = stepOrNull(series["cut_step"]) ?? Number.MAX_SAFE_INTEGER;
  return connection.prepare(
    `SELECT step, seq, value, kind, at FROM tail
     WHERE run_id = ? AND series_id = ? AND step <= ? ORDER BY step, seq`,
  ).all(series["run_id"]!, series["id"]!, cut);
}

function addPoint(bucket: Bucket, row: Row): void {
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

/** The metrics of one run, read when asked for. */
export class RunMetrics {
  readonly #connection: Connection;
  readonly #runId: number;

  /**
   * @param connection Where.
   * @param runId Whose.
   */
  constructor(connection: Connection, runId: number) {
    this.#connection = connection;
    this.#runId = runId;
  }

  /**
   * The names of the metrics.
   *
   * @returns the names, sorted.
   */
  // deno-lint-ignore require-await
  async keys(): Promise<string[]> {
    const rows = this.#connection.prepare(
      "SELECT DISTINCT key FROM series WHERE run_id = ? ORDER BY key",
    ).all(this.#runId);
    return rows.map((row) => String(row["key"]));
  }

  /**
   * What a metric amounts to. Costs the same however many points there are.
   *
   * @param key The metric's name.
   * @returns the summary, or `undefined` if the run has no such metric.
   */
  // deno-lint-ignore require-await
  async summary(key: string): Promise<MetricSummary | undefined> {
    const total = new Bucket();
    for (const row of this.#series(key)) {
      total.merge(seriesSummary(this.#connection, row));
    }
    return total.count === 0 ? undefined : toSummary(key, total);
  }

  /**
   * The first step at which any metric, or the one named, was NaN or infinite.
   *
   * @param key The metric's name; by default any.
   * @returns the step, or `undefined` if all values are finite.
   */
  async divergedAt(key?: string): Promise<number | undefined> {
    let least: number | undefined;
    for (const name of key === undefined ? await this.keys() : [key]) {
      const step = (await this.summary(name))?.divergedAt;
      if (step !== undefined && (least === undefined || step < least)) {
        least = step;
      }
    }
    return least;
  }

  /**
   * The points of a metric, a page at a time. Superseded points are left out.
   *
   * @param key The metric's name.
   * @param range Which.
   * @returns the page.
   */
  // deno-lint-ignore require-await
  async points(key: string, range: PointRange = {}): Promise<MetricPage> {
    const limit = range.limit ?? 1000;
    const rows = this.#series(key).flatMap((series) =>
      this.#pointsOf(series, range, limit + 1)
    );
    rows.sort((a, b) =>
      a.step - b.step || a.attempt - b.attempt || a.seq - b.seq
    );
    const page = rows.slice(0, limit);
    const end = rows.length > limit ? page.at(-1) : undefined;
    const points = page.map(({ step, value, time }) => ({ step, value, time }));
    if (end === undefined) return { points };
    return {
      points,
      next: { step: end.step, attempt: end.attempt, seq: end.seq },
    };
  }

  /**
   * A metric's curve for a chart: at most `maxPoints` stretches with least, greatest and last value.
   * A spike never vanishes, and long curves are read from rollups, so that the cost grows with
   * the chart and not with the curve.
   *
   * @param key The metric's name.
   * @param options How many stretches, and between which steps.
   * @returns the stretches, by step.
   */
  // deno-lint-ignore require-await
  async chart(
    key: string,
    options: {
      /**
       * How many stretches at most.
       *
       * @default {1000}
       */
      readonly maxPoints?: number;
      /** The least step. */
      readonly from?: number;
      /** The greatest step. */
      readonly to?: number;
    } = {},
  ): Promise<ChartBin[]> {
    const maxPoints = options.maxPoints ?? 1000;
    const range = {
      from: options.from ?? LEAST,
      to: options.to ?? Number.MAX_SAFE_INTEGER,
    };
    const parts = this.#series(key).flatMap((row) =>
      chartParts(this.#connection, { row, maxPoints, ...range })
    );
    parts.sort((a, b) => a.firstStep! - b.firstStep!);
    return join(parts, maxPoints).map(toBin);
  }

  #series(key: string): Row[] {
    return this.#connection.prepare(SERIES).all(this.#runId, key);
  }

  #pointsOf(
    series: Row,
    range: PointRange,
    limit: number,
  ): (MetricPoint & { attempt: number; seq: number })[] {
    const attempt = Number(series["attempt"]);
    const cut = stepOrNull(series["cut_step"]) ?? Number.MAX_SAFE_INTEGER;
    const { after } = range;
    // Within one step, earlier attempts come first.
    const afterSeq = after === undefined || attempt > after.attempt
      ? -1
      : attempt === after.attempt
      ? after.seq
      : Number.MAX_SAFE_INTEGER;
    const from = Math.max(range.from ?? LEAST, after?.step ?? LEAST);
    const bound = after !== undefined && after.step === from ? afterSeq : -1;
    const rows = this.#connection.prepare(
      `SELECT step, seq, value, kind, at FROM points WHERE series_id = ?
       AND (step, seq) > (?, ?) AND step <= ? ORDER BY step, seq LIMIT ?`,
    ).all(series["id"]!, from, bound, Math.min(range.to ?? cut, cut), limit);
    const start = Number(series["start"]);
    const newest = tailOf(this.#connection, series).filter((row) => {
      const [step, seq] = [Number(row["step"]), Number(row["seq"])];
      return (step > from || (step === from && seq > bound)) &&
        step <= (range.to ?? Infinity);
    });
    return [...rows, ...newest].map((row) => ({
      step: Number(row["step"]),
      value: decodeValue(row["value"], row["kind"]),
      time: new Date(start + Number(row["at"])),
      attempt,
      seq: Number(row["seq"]),
    }));
  }
}

function toSummary(key: string, bucket: Bucket): MetricSummary {
  return {
    key,
    count: bucket.count,
    nonfinite: bucket.nonfinite,
    ...(bucket.divergedStep !== null && { divergedAt: bucket.divergedStep }),
    first: bucket.first ?? NaN,
    firstStep: bucket.firstStep!,
    last: decodeValue(bucket.last, bucket.lastKind),
    lastStep: bucket.lastStep!,
    ...(bucket.min !== null && { min: bucket.min, minStep: bucket.minStep! }),
    ...(bucket.max !== null && { max: bucket.max, maxStep: bucket.maxStep! }),
  };
}

function toBin(bucket: Bucket): ChartBin {
  return {
    firstStep: bucket.firstStep!,
    lastStep: bucket.lastStep!,
    count: bucket.count,
    nonfinite: bucket.nonfinite,
    ...(bucket.min !== null && { min: bucket.min, minStep: bucket.minStep! }),
    ...(bucket.max !== null && { max: bucket.max, maxStep: bucket.maxStep! }),
    last: bucket.last ?? NaN,
  };
}

interface ChartRequest {
  readonly row: Row;
  readonly maxPoints: number;
  readonly from: number;
  readonly to: number;
}

/** The finest parts of a series that a chart needs: rollups of the fitting level, the rest raw. */
function chartParts(connection: Connection, request: ChartRequest): Bucket[] {
  const { row, maxPoints, from } = request;
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
    .map(toPart);
  if (level === 0) return [...rawParts(connection, { id, from, to }), ...parts];
  parts.push(...rollupParts(connection, { id, level, from, to }));
  if (rolled < to) {
    parts.push(
      ...rawParts(connection, { id, from: Math.max(from, rolled + 1), to }),
    );
  }
  return parts;
}

function toPart(row: Row): Bucket {
  const part = new Bucket();
  addPoint(part, row);
  return part;
}

/** The coarsest level that gives a part for each stretch; 0 for the points themselves. */
function chooseLevel(
  connection: Connection,
  request: { id: number; maxPoints: number; from: number; to: number },
): number {
  const { id, maxPoints, from, to } = request;
  const count = connection.prepare(
    `SELECT count(*) AS n FROM rollups WHERE series_id = ? AND level = ?
     AND last_step >= ? AND first_step <= ?`,
  );
  const rowsOf = (level: number): number =>
    Number(count.get(id, level, from, to)!["n"]);
  for (let level = TOP_LEVEL; level > 1; level--) {
    if (rowsOf(level) >= maxPoints) return level;
  }
  // A few thousand points cost less to read than a chart loses by rollups.
  return rowsOf(1) * BUCKET_SIZE > RAW_AT_MOST * maxPoints ? 1 : 0;
}

/**
 * The rollup rows of a level, and of the finer ones what no row of that level stands for yet. Rows that
 * reach beyond the range are taken apart, so that nothing outside of it shows.
 */
function rollupParts(
  connection: Connection,
  request: { id: number; level: number; from: number; to: number },
): Bucket[] {
  const { id, level, from, to } = request;
  const parts: Bucket[] = [];
  const select = connection.prepare(
    `SELECT * FROM rollups WHERE series_id = ? AND level = ? AND n >= ? AND n < ?
     AND last_step >= ? AND first_step <= ? ORDER BY n`,
  );
  const take = (at: number, first: number, end: number): void => {
    for (const row of select.all(id, at, first, end, from, to)) {
      const bucket = Bucket.fromRollup(row);
      const whole = bucket.firstStep! >= from && bucket.lastStep! <= to;
      const n = Number(row["n"]);
      if (whole) parts.push(bucket);
      else if (at > 1) take(at - 1, n * FAN_OUT, (n + 1) * FAN_OUT);
      else parts.push(...edgeParts(connection, { id, bucket, from, to }));
    }
  };
  const counts = connection.prepare(
    "SELECT count(*) AS n FROM rollups WHERE series_id = ? AND level = ?",
  );
  let covered = 0;
  for (let at = level; at >= 1; at--) {
    take(at, covered, Number.MAX_SAFE_INTEGER);
    covered = Number(counts.get(id, at)!["n"]) * FAN_OUT;
  }
  take(0, 0, Number.MAX_SAFE_INTEGER);
  return parts;
}

/** The part of a row's points that lies within the range. */
function edgeParts(
  connection: Connection,
  request: { id: number; bucket: Bucket; from: number; to: number },
): Bucket[] {
  const { id, bucket } = request;
  const from = Math.max(request.from, bucket.firstStep!);
  const to = Math.min(request.to, bucket.lastStep!);
  return rawParts(connection, { id, from, to });
}

function rawParts(
  connection: Connection,
  request: { id: number; from: number; to: number },
): Bucket[] {
  const { id, from, to } = request;
  const rows = connection.prepare(
    "SELECT step, value, kind FROM points WHERE series_id = ? AND step BETWEEN ? AND ? ORDER BY step, seq",
  );
  return Array.from(rows.iterate(id, from, to), toPart);
}

/** Joins neighbours, so that at most `maxPoints` stretches of about as many points are left. */
function join(parts: readonly Bucket[], maxPoints: number): Bucket[] {
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
