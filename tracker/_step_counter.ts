/** Gives points their steps when they are logged, so that an outage does not change their order. */
import type { Point } from "./_series_writer.ts";
import type { MetricPointInput } from "./logger_options.ts";

/** Counts the steps of each metric of a run. */
export class StepCounter {
  readonly #first: number;
  readonly #next = new Map<string, number>();

  /** @param first The step of the first point of a metric. */
  constructor(first: number) {
    this.#first = first;
  }

  /** Returns the step of a point that has none. */
  next(key: string): number {
    const step = this.#next.get(key) ?? this.#first;
    if (Number.isSafeInteger(step)) return step;
    throw new RangeError(
      `Cannot log metric "${key}": there is no step after ${
        step - 1
      }; pass the step`,
    );
  }

  /** Notes that a point was logged. */
  count(key: string, step: number): void {
    if (step >= (this.#next.get(key) ?? this.#first)) {
      this.#next.set(key, step + 1);
    }
  }

  /** Returns points with their steps and the time at which they are logged, without counting them. */
  number(points: readonly MetricPointInput[], at: number): Point[] {
    if (points.every(hasStep)) {
      return points.map(({ key, value, step }) => ({ key, value, step, at }));
    }
    const ahead = new StepCounter(this.#first);
    return points.map(({ key, value, step }) => {
      if (step === undefined) {
        step = Math.max(this.next(key), ahead.next(key));
      }
      ahead.count(key, step);
      return { key, value, step, at };
    });
  }
}

function hasStep(
  point: MetricPointInput,
): point is MetricPointInput & { readonly step: number } {
  return point.step !== undefined;
}
