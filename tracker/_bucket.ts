/** Running summaries of metric points. */
import type { Row, SqlValue } from "./driver.ts";

/** How many points a rollup row of level 1 stands for. */
export const BUCKET_SIZE = 64;
/** How many rollup rows of one level make one of the next. */
export const FAN_OUT = 16;
/** The coarsest level: 64 · 16 · 16 = 16,384 points a row. */
export const TOP_LEVEL = 3;

/** Kinds of values that REAL cannot hold in SQLite. */
export const KIND = {
  nan: 1,
  infinity: 2,
  minusInfinity: 3,
  minusZero: 4,
} as const;

/** The stored form of a number. */
export function encodeValue(
  value: number,
): [value: number | null, kind: number | null] {
  if (Number.isFinite(value)) {
    return value === 0 && Object.is(value, -0) ? [0, 4] : [value, null];
  }
  if (Number.isNaN(value)) return [null, KIND.nan];
  return [null, value > 0 ? KIND.infinity : KIND.minusInfinity];
}

/** The number behind a stored form. */
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

/** Count, extremes and ends of some points. Extremes are of finite values only. */
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

  /** Adds one point. Of equal extremes the earliest step counts; of equal steps the later point is last. */
  add(step: number, value: number | null, kind: number | null): void {
    this.count++;
    if (value === null) {
      this.nonfinite++;
      if (this.divergedStep === null || step < this.divergedStep) {
        this.divergedStep = step;
      }
    } else {
      if (
        this.min === null || value < this.min ||
        (value === this.min && step < this.minStep!)
      ) {
        this.min = value;
        this.minStep = step;
      }
      if (
        this.max === null || value > this.max ||
        (value === this.max && step < this.maxStep!)
      ) {
        this.max = value;
        this.maxStep = step;
      }
    }
    if (this.firstStep === null || step < this.firstStep) {
      this.firstStep = step;
      this.first = value;
    }
    if (this.lastStep === null || step >= this.lastStep) {
      this.lastStep = step;
      this.last = value;
      this.lastKind = kind;
    }
  }

  /** Adds all that another one stands for. */
  merge(other: Bucket): void {
    this.count += other.count;
    this.nonfinite += other.nonfinite;
    if (
      other.divergedStep !== null &&
      !(this.divergedStep! <= other.divergedStep && this.divergedStep !== null)
    ) {
      this.divergedStep = other.divergedStep;
    }
    if (
      other.min !== null &&
      (this.min === null || other.min < this.min ||
        (other.min === this.min && other.minStep! < this.minStep!))
    ) {
      this.min = other.min;
      this.minStep = other.minStep;
    }
    if (
      other.max !== null &&
      (this.max === null || other.max > this.max ||
        (other.max === this.max && other.maxStep! < this.maxStep!))
    ) {
      this.max = other.max;
      this.maxStep = other.maxStep;
    }
    if (
      other.firstStep !== null &&
      (this.firstStep === null || other.firstStep < this.firstStep)
    ) {
      this.firstStep = other.firstStep;
      this.first = other.first;
    }
    if (
      other.lastStep !== null &&
      (this.lastStep === null || other.lastStep >= this.lastStep)
    ) {
      this.lastStep = other.lastStep;
      this.last = other.last;
      this.lastKind = other.lastKind;
    }
  }

  /** The columns of a rollup row. */
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

  /** The summary columns of a series row. */
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
    const number = (name: string): number | null =>
      row[name] === null ? null : Number(row[name]);
    bucket.count = Number(row["count"]);
    bucket.nonfinite = Number(row["nonfinite"]);
    bucket.firstStep = number("first_step");
    bucket.lastStep = number("last_step");
    bucket.last = number("last");
    bucket.min = number("min");
    bucket.minStep = number("min_step");
    bucket.max = number("max");
    bucket.maxStep = number("max_step");
    return bucket;
  }

  /** Reads the summary of a series row. */
  static fromSeries(row: Row): Bucket {
    const bucket = new Bucket();
    const number = (name: string): number | null =>
      row[name] === null ? null : Number(row[name]);
    bucket.count = Number(row["count"]);
    bucket.nonfinite = Number(row["nonfinite"]);
    bucket.divergedStep = number("diverged_step");
    bucket.firstStep = number("first_step");
    bucket.first = number("first");
    bucket.lastStep = number("last_step");
    bucket.last = number("last");
    bucket.lastKind = number("last_kind");
    bucket.min = number("min");
    bucket.minStep = number("min_step");
    bucket.max = number("max");
    bucket.maxStep = number("max_step");
    return bucket;
  }
}
