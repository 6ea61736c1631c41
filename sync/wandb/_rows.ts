import type { Run } from "../../tracker/mod.ts";

/** The points of one step that become a row of W&B's history. */
export interface HistoryRow {
  /** The step of the points. */
  readonly step: number;
  /** The time of the last point of the row, in milliseconds since 1970. */
  readonly time: number;
  /** The numbers of the metrics, in the order of the names, and their values. */
  readonly values: readonly (readonly [metric: number, value: number])[];
}

/** The points that are in memory, all metrics together. */
const IN_MEMORY = 200_000;

/** The next point of a metric. */
interface Cursor {
  readonly metric: number;
  readonly pages: AsyncIterator<
    readonly { readonly step: number; readonly value: number; time: Date }[]
  >;
  page: readonly {
    readonly step: number;
    readonly value: number;
    time: Date;
  }[];
  at: number;
  step: number;
  /** The number of points of the same step before it. */
  nth: number;
}

/**
 * Reads the points of a run as rows, by step. Several metrics of one step are one row; if a metric has several
 * points of one step, the n-th ones are the n-th row of the step. Only a part of each curve is in memory.
 *
 * @param run The run.
 * @param names The names of its metrics.
 */
export async function* historyRows(
  run: Run,
  names: readonly string[],
): AsyncGenerator<HistoryRow> {
  const limit = Math.floor(IN_MEMORY / Math.max(1, names.length));
  const heap: Cursor[] = [];
  for (const [metric, name] of names.entries()) {
    const pages = run.metrics.pages(name, {
      limit: Math.min(10_000, Math.max(50, limit)),
    })[Symbol.asyncIterator]();
    const cursor: Cursor = {
      ...{ metric, pages, page: [], at: -1, step: -Infinity, nth: 0 },
    };
    if (await advance(cursor)) push(heap, cursor);
  }
  while (heap.length > 0) {
    const { step, nth } = heap[0]!;
    const values: (readonly [number, number])[] = [];
    let time = -Infinity;
    while (heap.length > 0 && heap[0]!.step === step && heap[0]!.nth === nth) {
      const cursor = heap[0]!;
      const point = cursor.page[cursor.at]!;
      values.push([cursor.metric, point.value]);
      time = Math.max(time, point.time.getTime());
      const hasMore = isInPage(cursor) || await advance(cursor);
      if (!hasMore) removeTop(heap);
      else sink(heap);
    }
    yield { step, time, values };
  }
}

/** Moves to the next point if it is in memory: most are, and a promise for each would be slow. */
function isInPage(cursor: Cursor): boolean {
  if (cursor.at + 1 >= cursor.page.length) return false;
  const { step } = cursor.page[++cursor.at]!;
  cursor.nth = step === cursor.step ? cursor.nth + 1 : 0;
  cursor.step = step;
  return true;
}

async function advance(cursor: Cursor): Promise<boolean> {
  if (isInPage(cursor)) return true;
  const next = await cursor.pages.next();
  if (next.done === true) return false;
  cursor.page = next.value;
  cursor.at = -1;
  return isInPage(cursor);
}

function isBefore(a: Cursor, b: Cursor): boolean {
  if (a.step !== b.step) return a.step < b.step;
  return a.nth !== b.nth ? a.nth < b.nth : a.metric < b.metric;
}

function push(heap: Cursor[], cursor: Cursor): void {
  let at = heap.push(cursor) - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!isBefore(heap[at]!, heap[parent]!)) return;
    swap(heap, at, parent);
    at = parent;
  }
}

function removeTop(heap: Cursor[]): void {
  const last = heap.pop()!;
  if (heap.length === 0) return;
  heap[0] = last;
  sink(heap);
}

/** Restores the order after the first cursor has moved on. */
function sink(heap: Cursor[]): void {
  for (let at = 0;;) {
    let least = at;
    for (const child of [2 * at + 1, 2 * at + 2]) {
      if (child < heap.length && isBefore(heap[child]!, heap[least]!)) {
        least = child;
      }
    }
    if (least === at) return;
    swap(heap, at, least);
    at = least;
  }
}

function swap(heap: Cursor[], a: number, b: number): void {
  [heap[a], heap[b]] = [heap[b]!, heap[a]!];
}
