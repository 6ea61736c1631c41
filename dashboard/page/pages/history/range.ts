/** The part of the history that is shown: from one run to another. */
import type { HistoryPoint } from "./points.ts";

/** The ids of the first and the last run. */
export interface RunRange {
  readonly from: number;
  readonly to: number;
}

/** The places of the first and the last run among the points. */
export interface Places {
  readonly first: number;
  readonly last: number;
}

/** Finds the places of a range. A run that the filter leaves out, or that is gone, gives its place to the next one by id. */
export function placesIn(
  points: readonly HistoryPoint[],
  range: RunRange | undefined,
): Places {
  const end = points.length - 1;
  if (range === undefined) return { first: 0, last: end };
  const exact = (id: number) => points.findIndex((point) => point.id === id);
  const first = exact(range.from) >= 0
    ? exact(range.from)
    : points.findIndex(({ id }) => id >= range.from);
  const last = exact(range.to) >= 0
    ? exact(range.to)
    : points.findLastIndex(({ id }) => id <= range.to);
  return first < 0 || last < first ? { first: 0, last: end } : { first, last };
}

/** Returns the range around a place that has a share of what is shown; `undefined` for all. */
export function aroundPlace(
  points: readonly HistoryPoint[],
  { first, last }: Places,
  place: number,
  share: number,
): RunRange | undefined {
  const half = Math.max(1, Math.round((last - first) * share / 2));
  const middle = Math.max(first, Math.min(last, place));
  const [low, high] = [
    Math.max(0, middle - half),
    Math.min(points.length - 1, middle + half),
  ];
  if (low === 0 && high === points.length - 1) return undefined;
  const [from, to] = [points[low], points[high]];
  return from && to && { from: from.id, to: to.id };
}
