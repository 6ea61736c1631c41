/**
 * Reads metrics.
 *
 * @module
 */
import { checkInteger, ifGiven } from "./_check.ts";
import { Bucket, decodeValue } from "./_bucket.ts";
import { chartParts, join } from "./_chart.ts";
import {
  type LoggedPoints,
  type LoggedRange,
  type LoggedSeries,
  readLogged,
  readLoggedSeries,
} from "./logged_points.ts";
import { pointTimes } from "./_point_times.ts";
import { schemaVersion } from "./_schema_version.ts";
import { atOnce, pathOf } from "./_reading.ts";
import { RowReader } from "./_row_reader.ts";
import { checkedSeries, checkedSummary, LEAST } from "./_series_summary.ts";
import type { Connection, Row } from "./driver.ts";
import { damageError, type Place } from "./errors.ts";
import {
  checkMetric,
  checkRange,
  type MetricCursor,
  type MetricPage,
  type MetricPoint,
  type PointRange,
  READ,
  readPage,
} from "./metric_points.ts";
import { visible } from "../internal/visible_text.ts";

/** The summary of a metric. Minimum and maximum are those of the finite values. */
export interface MetricSummary {
  /** The metric's name. */
  readonly metric: string;
  /** The number of points. */
  readonly count: number;
  /** The number of values that are NaN or infinite. */
  readonly nonfinite: number;
  /** The first step whose value is NaN or infinite. */
  readonly divergedAt?: number;
  /** The value at the least step. */
  readonly first: number;
  /** The least step. */
  readonly firstStep: number;
  /** The value at the greatest step; if it has several, the latest. */
  readonly last: number;
  /** The greatest step. */
  readonly lastStep: number;
  /** The least finite value. */
  readonly min?: number;
  /** The first step with the value `min`. */
  readonly minStep?: number;
  /** The greatest finite value. */
  readonly max?: number;
  /** The first step with the value `max`. */
  readonly maxStep?: number;
}

/** A part of a curve, as a chart draws it. */
export interface ChartBin {
  /** The least step in it. */
  readonly firstStep: number;
  /** The greatest step in it. */
  readonly lastStep: number;
  /** The number of points in it. */
  readonly count: number;
  /** The number of values that are NaN or infinite. */
  readonly nonfinite: number;
  /** The least finite value. */
  readonly min?: number;
  /** The step of `min`. */
  readonly minStep?: number;
  /** The greatest finite value. */
  readonly max?: number;
  /** The step of `max`. */
  readonly maxStep?: number;
  /** The last value; NaN if it is not finite. */
  readonly last: number;
}

const SERIES =
  "SELECT * FROM series WHERE run_id = ? AND key = ? ORDER BY attempt";

/** The metrics of one run. They are read from the file at each call. */
export class RunMetrics {
  readonly #connection: Connection;
  readonly #runId: number;
  #isChecked = false;

  /**
   * Makes a reader of a run's metrics.
   *
   * @param connection The file.
   * @param runId The id of the run.
   */
  constructor(connection: Connection, runId: number) {
    this.#connection = connection;
    this.#runId = runId;
  }

  /**
   * Lists the names of the metrics.
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
   * Summarises a metric. The time does not grow with the number of points.
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
   * Finds the first step at which a metric was NaN or infinite.
   *
   * @param metric The metric's name. By default, all metrics are looked at.
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
   * Reads a page of the points of a metric. Points that a resumed run replaced are left out.
   *
   * @param metric The metric's name.
   * @param range The steps, the size of the page, and where it starts.
   * @returns the page.
   */
  // deno-lint-ignore require-await
  async points(metric: string, range: PointRange = {}): Promise<MetricPage> {
    checkMetric(metric);
    checkRange(range);
    return readPage(
      this.#connection,
      this.#series(metric),
      range,
      (table) => this.#place(table),
    );
  }

  /**
   * Reads all points of a metric, a page at a time. At the end they are compared with the summary,
   * unless the run logged more points meanwhile, so that points lost by damage are noticed.
   *
   * @param metric The metric's name.
   * @param options The size of a page: `limit`, by default 10,000 points.
   * @returns the pages.
   * @throws {StorageError} If the points do not agree with the summary.
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
   * Reads the curve of a metric for a chart: at most `maxPoints` parts, each with its least, greatest
   * and last value, so that no spike is lost. Long curves are read from rollups, so that the time
   * grows with the chart and not with the curve.
   *
   * @param metric The metric's name.
   * @param options The number of parts and the range of steps.
   * @returns the parts, by step.
   */
  // deno-lint-ignore require-await
  async chart(
    metric: string,
    options: {
      /**
       * The largest number of parts.
       *
       * @default {1000}
       */
      readonly maxPoints?: number;
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

  /**
   * Looks up when points were logged, e.g. for the parts of {@linkcode RunMetrics.chart}: the time grows with the
   * number of steps that are asked for, and not with the curve.
   *
   * @param metric The metric's name.
   * @param steps The steps.
   * @returns the time of the last point of each step, by the wall clock; `undefined` for a step without a point.
   *
   * @example
   * ```ts
   * import { SQLFinder, SQLLogger } from "@ato/ato/tracker";
   * import { assert, assertEquals } from "@std/assert";
   * import { rmSync } from "node:fs";
   *
   * const dbPath = "timed.db";
   * const logger = new SQLLogger({ experiment: { projectName: "demo", sql: { dbPath } } });
   * const id = await logger.run();
   * logger.logMetric("loss", 0.5, 10);
   * await logger.finish();
   *
   * const finder = new SQLFinder(dbPath);
   * const { metrics } = (await finder.findRun(id))!;
   * const [at, none] = await metrics.times("loss", [10, 11]);
   * assert(at !== undefined && at.getTime() <= Date.now());
   * assertEquals(none, undefined);
   * await finder.close();
   * rmSync(dbPath);
   * ```
   */
  // deno-lint-ignore require-await
  async times(
    metric: string,
    steps: readonly number[],
  ): Promise<(Date | undefined)[]> {
    checkMetric(metric);
    for (const step of steps) {
      checkInteger(step, { action: READ, what: "a step" });
    }
    const times = atOnce(this.#connection, () =>
      pointTimes(
        this.#connection,
        this.#series(metric),
        steps,
        (table) => this.#place(table),
      ));
    return times.map((at) => at === undefined ? undefined : new Date(at));
  }

  /**
   * Lists what each attempt of the run has logged, for a program that follows it.
   *
   * @returns the series, by metric and attempt.
   */
  // deno-lint-ignore require-await
  async series(): Promise<LoggedSeries[]> {
    return readLoggedSeries(this.#connection, this.#runId);
  }

  /**
   * Reads points in the order in which they were logged, so that a program that follows a run continues where it
   * stopped, in whatever order the steps come.
   *
   * @param of The metric and the attempt, as {@linkcode RunMetrics.series} lists them.
   * @param range Where it starts, and the number of points.
   * @returns the points and where to continue; points that a later attempt replaced are left out.
   */
  // deno-lint-ignore require-await
  async logged(
    of: { readonly metric: string; readonly attempt: number },
    range: LoggedRange = {},
  ): Promise<LoggedPoints> {
    checkMetric(of.metric);
    return atOnce(
      this.#connection,
      () => readLogged(this.#connection, { runId: this.#runId, ...of }, range),
    );
  }

  #place(table = "series"): Place {
    return { path: pathOf(this.#connection), table, run: this.#runId };
  }

  #series(metric: string): Row[] {
    this.#refuseLoose();
    return this.#connection.prepare(SERIES).all(this.#runId, metric)
      .map((row) => checkedSeries(row, this.#place()));
  }

  /** Refuses points in the tail that belong to no series of the run: they would be missing unnoticed. */
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
        "a point in tail has no step, or belongs to no metric of the run",
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

  /** The points must agree with the stored summary. */
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
}

/** Returns the summary that a bucket with points has. */
export function toSummary(metric: string, bucket: Bucket): MetricSummary {
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
