/** Running summaries of metric points. */
import type { Row, SqlValue } from "./driver.ts";

/** The number of points in a rollup row of level 1. */
export const BUCKET_SIZE = 64;
/** The number of rollup rows of one level that are combined into one of the next. */
export const FAN_OUT = 16;
/** The coarsest level: 64 · 16 · 16 = 16,384 points a row. */
export const TOP_LEVEL = 3;

/** Kinds of values that a REAL column of SQLite cannot store. */
export const KIND = {
  nan: 1,
  infinity: 2,
  minusInfinity: 3,
  minusZero: 4,
} as const;

/** Returns the stored form of a number. */
export function encodeValue(
  value: number,
): [value: number | null, kind: number | null] {
  if (Number.isFinite(value)) {
    return value === 0 && Object.is(value, -0) ? [0, 4] : [value, null];
  }
  if (Number.isNaN(value)) return [null, KIND.nan];
  return [null, value > 0 ? KIND.infinity : KIND.minusInfinity];
}

/** Returns the number of a stored form. */
export function decodeValue(
  value: SqlValue | undefined,
  kind: SqlValue | undefined,
): number {
  if (kind === null || kind === undefined) {
    return value === null ? NaN : Number(value);
  }
  switch (Number(kind)) {
    case KIND.infinity:
      return Infinity;
    case KIND.minusInfinity:
      return -Infinity;
    case KIND.minusZero:
      return -0;
    default:
      return NaN;
  }
}

/** The count, the extremes and the ends of some points. Only finite values have extremes. */
export class Bucket {
  count = 0;
  nonfinite = 0;
  divergedStep: number | null = null;
  firstStep: number | null = null;
  first: number | null = null;
  lastStep: number | null = null;
  last: number | null = null;
  lastKind: number | null = null;
  min: number | null = null;
  minStep: number | null = null;
  max: number | null = null;
  maxStep: number | null = null;

  /** Adds one point. Of equal extremes, the earliest step counts; of equal steps, the later point is last. */
  add(step: number, value: number | null, kind: number | null): void {
    this.count++;
    if (value === null) {
      this.nonfinite++;
      this.#noteDiverged(step);
    } else {
      this.#noteMin(value, step);
      this.#noteMax(value, step);
    }
    this.#noteFirst(step, value);
    this.#noteLast(step, value, kind);
  }

  /** Adds all points of another bucket. */
  merge(other: Bucket): void {
    const { divergedStep, min, minStep, max, maxStep } = other;
    const { firstStep, first, lastStep, last, lastKind } = other;
    this.count += other.count;
    this.nonfinite += other.nonfinite;
    if (divergedStep !== null) this.#noteDiverged(divergedStep);
    if (min !== null && minStep !== null) this.#noteMin(min, minStep);
    if (max !== null && maxStep !== null) this.#noteMax(max, maxStep);
    if (firstStep !== null) this.#noteFirst(firstStep, first);
    if (lastStep !== null) this.#noteLast(lastStep, last, lastKind);
  }

  #noteDiverged(step: number): void {
    if (this.divergedStep !== null && step >= this.divergedStep) return;
    this.divergedStep = step;
  }

  #noteMin(value: number, step: number): void {
    if (this.min !== null && this.minStep !== null) {
      if (value > this.min) return;
      if (value === this.min && step >= this.minStep) return;
    }
    this.min = value;
    this.minStep = step;
  }

  #noteMax(value: number, step: number): void {
    if (this.max !== null && this.maxStep !== null) {
      if (value < this.max) return;
      if (value === this.max && step >= this.maxStep) return;
    }
    this.max = value;
    this.maxStep = step;
  }

  #noteFirst(step: number, value: number | null): void {
    if (this.firstStep !== null && step >= this.firstStep) return;
    this.firstStep = step;
    this.first = value;
  }

  #noteLast(step: number, value: number | null, kind: number | null): void {
    if (this.lastStep !== null && step < this.lastStep) return;
    this.lastStep = step;
    this.last = value;
    this.lastKind = kind;
  }

  /** Returns the columns of a rollup row. */
  rollupColumns(): SqlValue[] {
    return [
      this.firstStep,
      this.lastStep,
      this.count,
      this.nonfinite,
      this.min,
      this.minStep,
      this.max,
      this.maxStep,
      this.last,
    ];
  }

  /** Returns the summary columns of a series row. */
  summaryColumns(): SqlValue[] {
    return [
      this.count,
      this.nonfinite,
      this.divergedStep,
      this.firstStep,
      this.first,
      this.lastStep,
      this.last,
      this.lastKind,
      this.min,
      this.minStep,
      this.max,
      this.maxStep,
    ];
  }

  /** Reads a rollup row. */
  static fromRollup(row: Row): Bucket {
    const bucket = new Bucket();
    bucket.count = Number(row["count"]);
    bucket.nonfinite = Number(row["nonfinite"]);
    bucket.firstStep = numberIn(row, "first_step");
    bucket.lastStep = numberIn(row, "last_step");
    bucket.last = numberIn(row, "last");
    bucket.min = numberIn(row, "min");
    bucket.minStep = numberIn(row, "min_step");
    bucket.max = numberIn(row, "max");
    bucket.maxStep = numberIn(row, "max_step");
    return bucket;
  }

  /** Reads the summary of a series row. */
  static fromSeries(row: Row): Bucket {
    const bucket = Bucket.fromRollup(row);
    bucket.divergedStep = numberIn(row, "diverged_step");
    bucket.first = numberIn(row, "first");
    bucket.lastKind = numberIn(row, "last_kind");
    return bucket;
  }
}

function numberIn(row: Row, name: string): number | null {
  return row[name] === null ? null : Number(row[name]);
}
