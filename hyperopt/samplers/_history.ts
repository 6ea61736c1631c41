import type { Dimension, Point } from "../spaces/space.ts";
import type { Axis } from "./_axis.ts";
import type { Observation } from "./sampler.ts";

/**
 * A point as numbers, two a dimension: first the positions (the number of the choice if the dimension is a
 * category, NaN if the dimension does not exist in the point), then the lengths of the bins.
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

/** A trial in a sorted list. */
export interface Entry {
  readonly trial: number;
  readonly loss: number;
  readonly row: Row;
}

/** The good and the bad rows, each in an order that does not depend on when trials ended. */
export interface Split {
  /** The good rows, best first. */
  readonly good: readonly Row[];
  readonly bad: readonly Row[];
}

/** How many trials of a fidelity are good at least: one would be a single kernel. */
const LEAST_GOOD = 2;

/** The trials, each list in an order that does not depend on when trials ended. */
export interface Ranking {
  /** The measured trials, best first. */
  readonly ranked: readonly Entry[];
  readonly failed: readonly Entry[];
  /** The running trials. */
  readonly pending: readonly Entry[];
}

/** The trials of one fidelity. */
export interface Rung {
  readonly fidelity: number;
  /** Best first. */
  readonly ranked: readonly Entry[];
}

/** Splits ranked trials into a share of good ones, at least two, and the others; further bad rows may be given. */
export function splitOf(
  ranked: readonly Entry[],
  goodShare: number,
  bad: readonly Row[] = [],
): Split {
  const rows = ranked.map(({ row }) => row);
  const count = Math.max(LEAST_GOOD, Math.ceil(goodShare * rows.length));
  return { good: rows.slice(0, count), bad: [...rows.slice(count), ...bad] };
}

/** The trials: their losses by fidelity, the failed ones and the running ones. */
export class History {
  readonly #rowOf: (point: Point) => Row;
  readonly #levels = new Map<number, Entry[]>();
  readonly #failed: Entry[] = [];
  readonly #pending: Entry[] = [];
  readonly #ended = new Map<number, Map<number, number>>();
  /** The row of each trial. */
  readonly #rows = new Map<number, Row>();
  #isResuming = false;
  #revision = 0;

  constructor(toRow: (point: Point) => Row) {
    this.#rowOf = toRow;
  }

  /** The number of trials that were measured or failed. */
  get ended(): number {
    return this.#ended.size;
  }

  /** Whether a trial was measured at several fidelities. */
  get isResuming(): boolean {
    return this.#isResuming;
  }

  /** Changes whenever anything is told. */
  get revision(): number {
    return this.#revision;
  }

  /** The rows of all trials, also of the failed and the running ones. */
  rows(): Iterable<Row> {
    return this.#rows.values();
  }

  /** The measured trials of each fidelity, best first. */
  get levels(): ReadonlyMap<number, readonly Entry[]> {
    return this.#levels;
  }

  started(trial: number, point: Point): void {
    if (this.#ended.has(trial)) return;
    put(this.#pending, { trial, loss: 0, row: this.#remember(trial, point) });
  }

  observe({ trial, point, fidelity, loss }: Observation): void {
    take(this.#pending, trial, 0);
    const row = this.#remember(trial, point);
    const losses = this.#ended.get(trial) ?? new Map<number, number>();
    this.#ended.set(trial, losses);
    if (loss === undefined || Number.isNaN(loss)) {
      put(this.#failed, { trial, loss: 0, row });
      return;
    }
    // A trial that failed once and was measured later counts as measured.
    take(this.#failed, trial, 0);
    const level = this.#levels.get(fidelity) ?? [];
    this.#levels.set(fidelity, level);
    const before = losses.get(fidelity);
    if (before !== undefined) take(level, trial, before);
    losses.set(fidelity, loss);
    if (losses.size > 1) this.#isResuming = true;
    put(level, { trial, loss, row });
  }

  /** Splits the rows of the trials into good and bad ones; failed and running trials are bad. */
  split(leastPoints: number, goodShare: number): Split {
    const { ranked, failed, pending } = this.ranking(leastPoints);
    const count = Math.min(
      ranked.length,
      Math.ceil(goodShare * (ranked.length + failed.length)),
    );
    const bad = [...ranked.slice(count), ...failed, ...pending];
    return {
      good: ranked.slice(0, count).map(({ row }) => row),
      bad: bad.map(({ row }) => row),
    };
  }

  /**
   * Ranks the trials.
   *
   * The ranking begins with the trials that were measured at the greatest fidelity with at least `leastPoints`
   * of them (or else at the one that has most), by their loss at it. The trials that did not reach it follow,
   * by the fidelity that they reached. Losses at higher fidelities, which fewer trials reached, are not used.
   */
  ranking(leastPoints: number): Ranking {
    return {
      ranked: this.#ranked(leastPoints),
      failed: this.#failed,
      pending: this.#pending,
    };
  }

  /**
   * Returns the trials of each fidelity that has at least `leastPoints` of them, the greatest fidelity first.
   *
   * @param includesFurther Whether trials that were measured only further on belong to a fidelity, too: they rank
   * before those that ended there.
   */
  rungs(leastPoints: number, includesFurther = false): Rung[] {
    let further: readonly Entry[] = [];
    return [...this.#levels.entries()].sort(([a], [b]) => b - a)
      .map(([fidelity, level]): Rung => {
        if (!includesFurther) return { fidelity, ranked: level };
        further = [...further, ...level];
        return { fidelity, ranked: further };
      })
      .filter(({ ranked }) => ranked.length >= leastPoints);
  }

  #remember(trial: number, point: Point): Row {
    const row = this.#rowOf(point);
    this.#revision++;
    this.#rows.set(trial, row);
    return row;
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

  /** Returns the fidelity by which trials are ranked first. */
  #top(leastPoints: number): number {
    let top = -Infinity;
    let most = 0;
    for (const [fidelity, { length }] of this.#levels) {
      // From `leastPoints` on the fidelity decides, below it the number of trials.
      const points = Math.min(length, leastPoints);
      if (points < most || (points === most && fidelity < top)) continue;
      top = fidelity;
      most = points;
    }
    return top;
  }
}

/** Inserts an entry, sorted by loss and then by trial; it replaces an equal one. */
function put(entries: Entry[], entry: Entry): void {
  const index = indexOf(entries, entry.trial, entry.loss);
  const equal = entries[index]?.trial === entry.trial ? 1 : 0;
  entries.splice(index, equal, entry);
}

/** Removes a trial, if it is in the list. */
function take(entries: Entry[], trial: number, loss: number): void {
  const index = indexOf(entries, trial, loss);
  if (entries[index]?.trial === trial) entries.splice(index, 1);
}

/** Finds the index of the first entry that is not before the given one. */
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
