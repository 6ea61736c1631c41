import { describe } from "../_describe.ts";
import { checkSettings } from "../_settings.ts";
import { SearchUsageError } from "../errors.ts";
import { checkCount, checkFidelity, checkTrials } from "./_ladder.ts";
import { planOf } from "./_plan.ts";
import { isLoss } from "./_ranked.ts";
import { RunningMedian } from "./_running_median.ts";
import { SingleJobs } from "./_single_jobs.ts";
import type { Decision, SchedulePlan, Scheduler } from "./scheduler.ts";

/** Options for {@linkcode medianStopping}. */
export interface MedianStoppingOptions {
  /** The fidelity of a completed trial, in any unit: epochs, steps, samples. */
  readonly fidelity: number;
  /**
   * The number of trials. Without it there is always another trial, and the budget of the study ends the
   * search.
   *
   * @default {Infinity}
   */
  readonly trials?: number;
  /**
   * No trial is stopped below this fidelity.
   *
   * @default {0}
   */
  readonly warmup?: number;
  /**
   * No trial is stopped at a fidelity at which fewer completed trials reported.
   *
   * @default {5}
   */
  readonly minCompleted?: number;
  /**
   * What a completed trial counts with at a fidelity: its loss there, or the mean of its losses up to there.
   *
   * @default {"loss"}
   */
  readonly completed?: "loss" | "mean";
}

/**
 * The median stopping rule: trials below the median are stopped. A trial is stopped if its best loss so far is
 * worse than the median of the completed trials at the same fidelity.
 *
 * In the paper, each completed trial counts with the mean of its losses up to that fidelity (`completed: "mean"`), in
 * which the first losses of a training outweigh the others for long. With its loss there, less is spent on trials that
 * end below the median: `docs/hyperopt_measured.md` has the difference.
 *
 * Only trials that ran to the end count as completed. The objective must report, and all trials at the same
 * fidelities: a completed trial counts only at the fidelities at which it reported.
 *
 * Source: D. Golovin, B. Solnik, S. Moitra, G. Kochanski, J. Karro and D. Sculley, Google Vizier: A
 * Service for Black-Box Optimization, KDD 2017, section 3.2.2.
 *
 * @param options The number of trials, their fidelity, and when stopping begins.
 * @returns a scheduler that never waits while there are trials to start.
 * @throws {SearchUsageError} If an option is out of range.
 *
 * @example
 * ```ts
 * import { medianStopping } from "@ato/ato/hyperopt";
 * import { assertEquals } from "@std/assert";
 *
 * const scheduler = medianStopping({ fidelity: 10, minCompleted: 2 });
 * for (const [trial, loss] of [0.1, 0.3].entries()) {
 *   scheduler.started(trial, 0, 0);
 *   assertEquals(scheduler.reported?.(trial, 0, 1, loss), false);
 *   scheduler.ended(trial, 0, loss / 2);
 * }
 * scheduler.started(2, 0, 0);
 * assertEquals(scheduler.reported?.(2, 0, 1, 0.25), true);
 * ```
 */
export function medianStopping(options: MedianStoppingOptions): Scheduler {
  return new MedianStopping(options);
}

/** The reports of a running trial. */
interface Course {
  best: number;
  sum: number;
  /** What it counts with at each fidelity at which it reported. */
  readonly counted: Map<number, number>;
  isStopped: boolean;
}

class MedianStopping implements Scheduler {
  readonly name = "median stopping";
  readonly #jobs: SingleJobs;
  readonly #fidelity: number;
  readonly #warmup: number;
  readonly #minCompleted: number;
  readonly #countsMean: boolean;
  readonly #plan: SchedulePlan;
  readonly #running = new Map<number, Course>();
  /** The medians of the completed trials, by fidelity. */
  readonly #medians = new Map<number, RunningMedian>();

  constructor(options: MedianStoppingOptions) {
    checkSettings<MedianStoppingOptions>(`plan ${this.name}`, options ?? null, {
      fidelity: true,
      trials: true,
      warmup: true,
      minCompleted: true,
      completed: true,
    });
    const { fidelity, trials = Infinity, warmup = 0, minCompleted = 5 } =
      options;
    const { completed = "loss" } = options;
    checkFidelity(this.name, "fidelity", fidelity);
    if (trials !== Infinity) checkTrials(this.name, trials);
    checkCount(this.name, "minCompleted", minCompleted);
    if (!(typeof warmup === "number" && warmup >= 0)) {
      throw new SearchUsageError(
        "warmup",
        `Cannot plan ${this.name}: warmup is ${warmup}; give 0 or a fidelity`,
      );
    }
    this.#jobs = new SingleJobs(this.name, { trials, fidelity });
    this.#fidelity = fidelity;
    this.#warmup = warmup;
    if (completed !== "loss" && completed !== "mean") {
      throw new SearchUsageError(
        "completed",
        `Cannot plan ${this.name}: completed is ${
          describe(completed)
        }; give "loss" or "mean"`,
      );
    }
    this.#minCompleted = minCompleted;
    this.#countsMean = completed === "mean";
    this.#plan = { ...planOf([[{ trials, fidelity }]]), isEstimate: true };
  }

  next(): Decision {
    return this.#jobs.next();
  }

  started(trial: number, bracket: number, rung: number): void {
    this.#jobs.started(trial, bracket, rung);
    const isStopped = this.#running.get(trial)?.isStopped === true;
    // Another attempt starts at 0, and reports all losses again.
    const course = { best: Infinity, sum: 0, counted: new Map(), isStopped };
    this.#running.set(trial, course);
  }

  reported(
    trial: number,
    _rung: number,
    fidelity: number,
    loss: number,
  ): boolean {
    const course = this.#running.get(trial);
    if (course === undefined || !isLoss(loss)) return false;
    if (!course.counted.has(fidelity)) {
      course.best = Math.min(course.best, loss);
      course.sum += loss;
      const mean = course.sum / (course.counted.size + 1);
      course.counted.set(fidelity, this.#countsMean ? mean : loss);
    }
    if (this.#isWorse(course, fidelity)) course.isStopped = true;
    return course.isStopped;
  }

  ended(trial: number, _rung: number, loss: number | undefined): void {
    this.#jobs.ended(trial);
    const course = this.#running.get(trial);
    this.#running.delete(trial);
    if (course === undefined || course.isStopped || !isLoss(loss)) return;
    for (const [fidelity, counted] of course.counted) {
      // Infinities of both signs have no mean.
      if (!Number.isNaN(counted)) this.#medianAt(fidelity).add(counted);
    }
  }

  plan(): SchedulePlan {
    return this.#plan;
  }

  #isWorse(course: Course, fidelity: number): boolean {
    // At the end, stopping would save nothing.
    if (fidelity < this.#warmup || fidelity >= this.#fidelity) return false;
    const median = this.#medians.get(fidelity);
    if (median === undefined || median.size < this.#minCompleted) return false;
    return course.best > median.value!;
  }

  #medianAt(fidelity: number): RunningMedian {
    let median = this.#medians.get(fidelity);
    if (median === undefined) {
      median = new RunningMedian();
      this.#medians.set(fidelity, median);
    }
    return median;
  }
}
