import type { Dimension, Point } from "../spaces/space.ts";
import type { Axis } from "./_axis.ts";
import type { Observation } from "./sampler.ts";

/**
 * A point as numbers, two a dimension: first the positions (a choice's own number where the dimension is
 * a category, NaN where it does not exist in the point), then the lengths of the bins.
 */
export type Row = readonly number[];

/** Writes a point as a row. */
export function rowOf(
  dimensions: readonly Dimension[],
  axes: readonly Axis[],
  point: Point,
): Row {
  const row = new Array<number>(2 * dimensions.length).fill(NaN);
  axes.forEach((axis, index) => {
    const value = point[index];
    if (value === undefined || Number.isNaN(value)) return;
    row[index] = axis.choices > 0 ? value : axis.toUnit(value);
    row[dimensions.length + index] = axis.width(value);
  });
  return row;
}

/** A trial in a list that is kept in order. */
interface Entry {
  readonly trial: number;
  readonly loss: number;
  readonly row: Row;
}

/** The good and the bad rows to learn from, each in an order that does not depend on who was first. */
export interface Split {
  /** Best first. */
  readonly good: readonly Row[];
  readonly bad: readonly Row[];
}

/** What is known of the trials: losses by fidelity, failures, and those that are still running. */
export class History {
  readonly #rowOf: (point: Point) => Row;
  readonly #levels = new Map<number, Entry[]>();
  readonly #failed: Entry[] = [];
  readonly #pending: Entry[] = [];
  readonly #ended = new Map<number, Map<number, number>>();

  constructor(toRow: (point: Point) => Row) {
    this.#rowOf = toRow;
  }

  /** How many trials were measured or failed. */
  get ended(): number {
    return this.#ended.size;
  }

  started(trial: number, point: Point): void {
    if (this.#ended.has(trial)) return;
    put(this.#pending, { trial, loss: 0, row: this.#rowOf(point) });
  }

  observe({ trial, point, fidelity, loss }: Observation): void {
    take(this.#pending, trial, 0);
    const row = this.#rowOf(point);
    const losses = this.#ended.get(trial) ?? new Map<number, number>();
    this.#ended.set(trial, losses);
    if (loss === undefined || Number.isNaN(loss)) {
      put(this.#failed, { trial, loss: 0, row });
      return;
    }
    // A trial that failed once and was measured at last counts as measured.
    take(this.#failed, trial, 0);
    const level = this.#levels.get(fidelity) ?? [];
    this.#levels.set(fidelity, level);
    const before = losses.get(fidelity);
    if (before !== undefined) take(level, trial, before);
    losses.set(fidelity, loss);
    put(level, { trial, loss, row });
  }

  /**
   * The rows of the trials, parted at the share of the good ones.
   *
   * First come those measured at the greatest fidelity that has at least `leastPoints` of them (or at the
   * one that has most), by their loss there, then those that did not come so far, by the fidelity that they
   * reached. What is known of fidelities with fewer trials is not used. Failures of any fidelity and pending
   * trials are among the bad ones.
   */
  split(leastPoints: number, share: (ended: number) => number): Split {
    const ranked = this.#ranked(leastPoints);
    const count = Math.min(
      ranked.length,
      share(ranked.length + this.#failed.length),
    );
    const bad = [...ranked.slice(count), ...this.#failed, ...this.#pending];
    return {
      good: ranked.slice(0, count).map(({ row }) => row),
      bad: bad.map(({ row }) => row),
    };
  }

  #ranked(leastPoints: number): readonly Entry[] {
    const top = this.#top(leastPoints);
    const lower = [...this.#levels.keys()]
      .filter((fidelity) => fidelity <= top)
      .sort((a, b) => b - a)
      .map((fidelity) => this.#levels.get(fidelity) ?? []);
    if (lower.length < 2) return lower[0] ?? [];
    const ranked = new Map<number, Entry>();
    for (const entry of lower.flat()) {
      if (!ranked.has(entry.trial)) ranked.set(entry.trial, entry);
    }
    return [...ranked.values()];
  }

  /** The fidelity whose measurements count most. */
  #top(leastPoints: number): number {
    let top = -Infinity;
    let most = 0;
    for (const [fidelity, { length }] of this.#levels) {
      // Above `leastPoints` the fidelity decides, below it the number of trials.
      const points = Math.min(length, leastPoints);
      if (points < most || (points === most && fidelity < top)) continue;
      top = fidelity;
      most = points;
    }
    return top;
  }
}

/** Puts an entry where it belongs, by loss and then by trial; in the place of an equal one. */
function put(entries: Entry[], entry: Entry): void {
  const index = indexOf(entries, entry.trial, entry.loss);
  const equal = entries[index]?.trial === entry.trial ? 1 : 0;
  entries.splice(index, equal, entry);
}

/** Takes a trial out, if it is there. */
function take(entries: Entry[], trial: number, loss: number): void {
  const index = indexOf(entries, trial, loss);
  if (entries[index]?.trial === trial) entries.splice(index, 1);
}

/** The first entry that does not come before the given one. */
function indexOf(
  entries: readonly Entry[],
  trial: number,
  loss: number,
): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const entry = entries[middle] as Entry;
    const before = entry.loss < loss ||
      (entry.loss === loss && entry.trial < trial);
    if (before) low = middle + 1;
    else high = middle;
  }
  return low;
}
