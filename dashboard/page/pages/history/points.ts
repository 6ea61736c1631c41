/** The points of the history. */
import type { RunRow } from "../runs/rows.ts";

/** Which value of a run is shown. */
export type Which = "last" | "min" | "max";

/** A run with a finite value. */
export interface HistoryPoint {
  readonly id: number;
  readonly name: string | null;
  readonly status: string;
  /** Milliseconds since 1970. */
  readonly started: number;
  readonly value: number;
}

/** Returns the points of runs in the order in which they started. Runs without a finite value have none. */
export function pointsOf(
  rows: readonly RunRow[],
  which: Which,
): HistoryPoint[] {
  return rows.flatMap((row) => {
    const value = row[which];
    return typeof value !== "number" || !Number.isFinite(value) ? [] : [{
      id: row.id,
      name: row.name,
      status: row.status,
      started: row.started ?? 0,
      value,
    }];
  }).sort((a, b) => a.started - b.started || a.id - b.id);
}
