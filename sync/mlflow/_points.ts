/** Sends the points of a run in batches, each once. */
import type { Run } from "../../tracker/mod.ts";
import { jsonText } from "../../internal/json_text.ts";
import type { MlflowApi } from "./_api.ts";
import { mlflowName } from "./_names.ts";

/** MLflow's limit for a request. */
const MOST_POINTS = 1000;
/** MLflow takes 1 MB; the rest is for what is around the points. */
const MOST_BYTES = 900_000;
/** The most bytes of a page of a history. */
const MOST_HISTORY = 64 << 20;

/** How far each series was sent: the number of the next point, and the greatest step. By metric and attempt. */
export type Cursors = Readonly<
  Record<string, readonly [next: number, lastStep: number]>
>;

/** The name of a series in {@linkcode Cursors}. */
export function seriesKey(metric: string, attempt: number): string {
  return JSON.stringify([metric, attempt]);
}

/** A batch of points. */
export interface Batch {
  /** The points as MLflow writes them. */
  readonly metrics: readonly string[];
  /** The names of the metrics in it, as the run has them. */
  readonly names: readonly string[];
  /** How far it comes. */
  readonly cursors: Cursors;
}

/** Points that the server may have: how often each. */
export type Known = Map<string, Map<string, number>>;

/**
 * Reads the points that were not sent, in batches.
 *
 * @param run The run.
 * @param cursors How far each series was sent.
 * @param known Points that the server has although that was not noted, by metric; they are left out.
 */
export async function* batchesOf(
  run: Run,
  cursors: Cursors,
  known: Known,
): AsyncGenerator<Batch> {
  let batch = newBatch(cursors);
  for (const { metric, attempt, next } of await run.metrics.series()) {
    const key = seriesKey(metric, attempt);
    let [from, step] = cursors[key] ?? [0, -Number.MAX_SAFE_INTEGER];
    while (from < next) {
      const free = Math.min(
        MOST_POINTS - batch.metrics.length,
        Math.max(1, Math.floor((MOST_BYTES - batch.bytes) / MOST_OF_POINT)),
      );
      const part = await run.metrics.logged({ metric, attempt }, {
        ...{ from, afterStep: step, limit: free },
      });
      for (const point of part.points) {
        const text = pointText(mlflowName(metric), point);
        if (!isKnown(known, metric, point)) {
          batch.metrics.push(text);
          batch.bytes += new TextEncoder().encode(text).length + 1;
        }
      }
      batch.names.add(metric);
      [from, step] = [Math.max(part.next, from + 1), part.lastStep];
      batch.cursors = { ...batch.cursors, [key]: [from, step] };
      if (
        batch.metrics.length >= MOST_POINTS ||
        batch.bytes > MOST_BYTES - MOST_OF_POINT
      ) {
        yield { ...batch, names: [...batch.names] };
        batch = newBatch(batch.cursors);
      }
    }
  }
  if (batch.names.size > 0) yield { ...batch, names: [...batch.names] };
}

/** The most bytes of one point: a name of 250 characters, and three numbers. */
const MOST_OF_POINT = 1200;

interface OpenBatch {
  metrics: string[];
  names: Set<string>;
  cursors: Cursors;
  bytes: number;
}

function newBatch(cursors: Cursors): OpenBatch {
  return { metrics: [], names: new Set(), cursors, bytes: 0 };
}

interface Point {
  readonly step: number;
  readonly value: number;
  readonly time: Date;
}

function pointText(key: string, { step, value, time }: Point): string {
  return jsonText({ key, value, timestamp: stamp(time), step });
}

/** MLflow takes no time before 1970. */
function stamp(time: Date): number {
  return Math.max(0, time.getTime());
}

function isKnown(known: Known, metric: string, point: Point): boolean {
  const points = known.get(metric);
  const text = nameOf(point.step, stamp(point.time), point.value);
  const count = points?.get(text) ?? 0;
  if (count === 0) return false;
  points!.set(text, count - 1);
  return true;
}

/** Databases store an infinity as the greatest number, and -0 as 0. */
function nameOf(step: number, time: number, value: number): string {
  const stored = value === Infinity
    ? Number.MAX_VALUE
    : value === -Infinity
    ? -Number.MAX_VALUE
    : value + 0;
  return `${step} ${time} ${stored === 0 ? 0 : stored}`;
}

/**
 * Reads the points of metrics that the server has.
 *
 * @param api The server.
 * @param runId The run.
 * @param metrics The names of the metrics, as the run has them.
 */
export async function readKnown(
  api: MlflowApi,
  runId: string,
  metrics: Iterable<string>,
): Promise<Known> {
  const known: Known = new Map();
  for (const metric of metrics) {
    const points = new Map<string, number>();
    for await (
      const { step, time, value } of history(api, runId, mlflowName(metric))
    ) {
      const text = nameOf(step, time, value);
      points.set(text, (points.get(text) ?? 0) + 1);
    }
    known.set(metric, points);
  }
  return known;
}

/** A point on a server. */
export interface RemotePoint {
  readonly step: number;
  readonly time: number;
  readonly value: number;
}

/**
 * Reads the points of a metric on a server.
 *
 * @param api The server.
 * @param runId The run there.
 * @param name The name of the metric there.
 */
export async function* history(
  api: MlflowApi,
  runId: string,
  name: string,
): AsyncGenerator<RemotePoint> {
  const pages = api.pages((token) =>
    api.get("metrics/get-history", {
      run_id: runId,
      metric_key: name,
      max_results: "25000",
      ...(token !== "" && { page_token: token }),
    }, { most: MOST_HISTORY })
  );
  for await (const page of pages) {
    for (const point of page.list("metrics")) {
      yield {
        step: point.integer("step"),
        time: point.integer("timestamp"),
        value: point.number("value"),
      };
    }
  }
}
