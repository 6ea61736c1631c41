/**
 * Reading metrics.
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
import { Bucket, decodeValue } from "./_bucket.ts";
import { chartParts, join } from "./_chart.ts";
import { schemaVersion } from "./_migrations.ts";
import { atOnce, pathOf } from "./_reading.ts";
import { RowReader } from "./_row_reader.ts";
import {
  checkedSeries,
  checkedSummary,
  checkPoint,
  LEAST,
  stepOrNull,
  tailOf,
} from "./_series_summary.ts";
import type { Connection, Row } from "./driver.ts";
import { damageError, type Place } from "./errors.ts";
import { visible } from "../internal/visible_text.ts";

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
  readonly metric: string;
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

/** The metrics of one run, read when asked for. */
export class RunMetrics {
  readonly #connection: Connection;
  readonly #runId: number;
  #isChecked = false;

  /**
   * Reads the metrics of a run.
   *
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
  async names(): Promise<string[]> {
    const rows = this.#connection.prepare(
      "SELECT DISTINCT key FROM series WHERE run_id = ? ORDER BY key",
    ).all(this.#runId);
    return rows.map((row) => new RowReader(row, this.#place()).text("key"));
  }

  /**
   * What a metric amounts to. Costs the same however many points there are.
   *
   * @param metric The metric's name.
   * @returns the summary, or `undefined` if the run has no such metric.
   */
  // deno-lint-ignore require-await
  async summary(metric: string): Promise<MetricSummary | undefined> {
    checkMetric(metric);
    const total = atOnce(this.#connection, () => this.#total(metric));
    return total.count === 0 ? undefined : toSummary(metric, total);
  }

  /**
   * The first step at which any metric, or the one named, was NaN or infinite.
   *
   * @param metric The metric's name; by default any.
   * @returns the step, or `undefined` if all values are finite.
   */
  async divergedAt(metric?: string): Promise<number | undefined> {
    let least: number | undefined;
    for (const name of metric === undefined ? await this.names() : [metric]) {
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
   * @param metric The metric's name.
   * @param range Which.
   * @returns the page.
   */
  // deno-lint-ignore require-await
  async points(metric: string, range: PointRange = {}): Promise<MetricPage> {
    checkMetric(metric);
    checkRange(range);
    const limit = range.limit ?? 1000;
    const rows = this.#series(metric).flatMap((series) =>
      this.#pointsOf(series, range, limit + 1)
    );
    rows.sort((a, b) =>
      a.step - b.step || a.attempt - b.attempt || a.seq - b.seq
    );
    this.#refuseDisorder(rows, range.after);
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
   * All points of a metric, read a page at a time. At the end they are compared with the summary,
   * unless the run went on meanwhile: points that a damaged file lost do not go unnoticed.
   *
   * @param metric The metric's name.
   * @param options `limit`: how many points a page has, by default 10,000.
   * @returns the pages.
   * @throws {StorageError} if the points do not add up to the summary.
   */
  async *pages(
    metric: string,
    options: { readonly limit?: number } = {},
  ): AsyncGenerator<readonly MetricPoint[]> {
    const limit = options.limit ?? 10_000;
    const before = await this.summary(metric);
    const found = new Bucket();
    let after: MetricCursor | undefined;
    do {
      const page = await this.points(metric, {
        limit,
        ...(after !== undefined && { after }),
      });
      for (const { step, value } of page.points) {
        found.add(step, Number.isFinite(value) ? value : null, null);
      }
      if (page.points.length > 0) yield page.points;
      after = page.next;
    } while (after !== undefined);
    const now = await this.summary(metric);
    if (JSON.stringify(now) === JSON.stringify(before)) {
      this.#compare(metric, found, now);
    }
  }

  /**
   * A metric's curve for a chart: at most `maxPoints` stretches with least, greatest and last value.
   * A spike never vanishes, and long curves are read from rollups, so that the cost grows with
   * the chart and not with the curve.
   *
   * @param metric The metric's name.
   * @param options How many stretches, and between which steps.
   * @returns the stretches, by step.
   */
  // deno-lint-ignore require-await
  async chart(
    metric: string,
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
    checkMetric(metric);
    checkRange(options);
    ifGiven(
      options.maxPoints,
      (value) => checkInteger(value, { action: READ, what: "maxPoints" }, 1),
    );
    const maxPoints = options.maxPoints ?? 1000;
    const range = {
      from: options.from ?? LEAST,
      to: options.to ?? Number.MAX_SAFE_INTEGER,
    };
    const place = this.#place();
    const isWhole = options.from === undefined && options.to === undefined;
    const parts = atOnce(this.#connection, () => {
      const parts = this.#series(metric).flatMap((row) =>
        chartParts(this.#connection, { row, maxPoints, place, ...range })
      );
      if (isWhole) this.#compareParts(metric, parts);
      return parts;
    });
    parts.sort((a, b) => a.firstStep! - b.firstStep!);
    return join(parts, maxPoints).map(toBin);
  }

  #place(table = "series"): Place {
    return { path: pathOf(this.#connection), table, run: this.#runId };
  }

  #series(metric: string): Row[] {
    this.#refuseLoose();
    return this.#connection.prepare(SERIES).all(this.#runId, metric)
      .map((row) => checkedSeries(row, this.#place()));
  }

  /** Points that wait in the tail for a series that the run does not have would be missed in silence. */
  #refuseLoose(): void {
    if (this.#isChecked) return;
    const row = schemaVersion(this.#connection) === 0
      ? undefined
      : this.#connection.prepare(
        `SELECT 1 AS found FROM tail WHERE run_id = ? AND (typeof(step) != 'integer'
         OR series_id NOT IN (SELECT id FROM series WHERE run_id = ?)) LIMIT 1`,
      ).get(this.#runId, this.#runId);
    if (row !== undefined) {
      throw damageError(
        this.#place("tail"),
        "a point in tail has no step, or is of no metric of the run",
      );
    }
    this.#isChecked = true;
  }

  #total(metric: string): Bucket {
    const total = new Bucket();
    for (const row of this.#series(metric)) {
      total.merge(checkedSummary(this.#connection, row, this.#place()));
    }
    return total;
  }

  #compareParts(metric: string, parts: readonly Bucket[]): void {
    const found = new Bucket();
    for (const part of parts) found.merge(part);
    const total = this.#total(metric);
    this.#compare(
      metric,
      found,
      total.count === 0 ? undefined : toSummary(metric, total),
    );
  }

  /** The points and what the file says of them by itself must agree. */
  #compare(metric: string, found: Bucket, stored?: MetricSummary): void {
    const [points, summary] = [
      [found.count, found.nonfinite, found.min, found.max],
      [
        stored?.count ?? 0,
        stored?.nonfinite ?? 0,
        stored?.min ?? null,
        stored?.max ?? null,
      ],
    ];
    if (points.every((figure, i) => figure === summary[i])) return;
    const text = ([count, , min, max]: (number | null)[]): string =>
      `${count} points from ${min} to ${max}`;
    throw damageError(
      this.#place("points"),
      `the metric ${visible(metric)} has ${text(points)}, its summary says ${
        text(summary)
      }`,
    );
  }

  /** In a damaged index the next page may begin before this one: whoever goes on would never end. */
  #refuseDisorder(
    rows: readonly { step: number; attempt: number; seq: number }[],
    after: MetricCursor | undefined,
  ): void {
    let before = after;
    for (const row of rows) {
      if (before !== undefined && !isBehind(row, before)) {
        throw damageError(
          this.#place("points"),
          `its points are out of order at step ${row.step}`,
        );
      }
      before = row;
    }
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
    const [place, tailPlace] = [this.#place("points"), this.#place("tail")];
    for (const row of rows) checkPoint(row, place);
    const newest = tailOf(this.#connection, series).filter((row) => {
      checkPoint(row, tailPlace);
      const [step, seq] = [Number(row["step"]), Number(row["seq"])];
      return (step > from || (step === from && seq > bound)) &&
        step <= (range.to ?? Infinity);
    });
    return [...rows, ...newest].map((row) => ({
      step: Number(row["step"]),
      value: decodeValue(row["value"], row["kind"]),
      time: timeOf(row, start, place),
      attempt,
      seq: Number(row["seq"]),
    }));
  }
}

const READ = "read a metric";

function checkMetric(metric: unknown): void {
  checkAnyText(metric, { action: READ, what: "its name" });
}

function checkRange(range: PointRange): void {
  const action = READ;
  checkOptions(range, { action, what: "what it is told" }, "an object");
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

/** Millions of points are read; a reader is made only for one that is wrong. */
function timeOf(row: Row, start: number, place: Place): Date {
  const at = start + Number(row["at"]);
  const time = new Date(at);
  return Number.isNaN(time.getTime())
    ? new RowReader(row, place).milliseconds("at", at)
    : time;
}

function isBehind(a: MetricCursor, b: MetricCursor): boolean {
  return a.step !== b.step
    ? a.step > b.step
    : a.attempt !== b.attempt
    ? a.attempt > b.attempt
    : a.seq > b.seq;
}

function toSummary(metric: string, bucket: Bucket): MetricSummary {
  return {
    metric,
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
