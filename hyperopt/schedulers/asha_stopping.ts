import { checkSettings } from "../_settings.ts";
import { ASHA_SETTINGS, type AshaOptions, planAsha } from "./asha.ts";
import { GrowingRung } from "./_growing_rung.ts";
import { checkLadder, checkTrials, ladder } from "./_ladder.ts";
import { SingleJobs } from "./_single_jobs.ts";
import type { Decision, SchedulePlan, Scheduler } from "./scheduler.ts";

/** Options for {@linkcode ashaStopping}: the same as for `asha`. */
export type AshaStoppingOptions = AshaOptions;

/**
 * Asynchronous successive halving that stops: each trial is one job to `maxFidelity`. Where it reports
 * a loss at a rung's fidelity or above for the first time, it is compared with all that reported there
 * before, and stops unless it is among the best `floor(n / eta)` of the n, itself included. The first
 * `eta - 1` at a rung go on. So no checkpoints are needed, but the objective has to report.
 *
 * Rungs are at `minFidelity * eta^k` below `maxFidelity`. A report that passes several rungs counts at
 * the highest of them.
 *
 * Source: the stopping variant of L. Li et al., A System for Massively Parallel Hyperparameter Tuning,
 * MLSys 2020, as in A. Klein, L. C. Tiao, T. Lienart, C. Archambeau and M. Seeger, Model-based
 * Asynchronous Hyperparameter and Neural Architecture Search, arXiv:2003.10865 (2020).
 *
 * @param options From which fidelity to which.
 * @returns a scheduler that never waits while there are trials to start.
 * @throws {SearchUsageError} If an option is out of range.
 *
 * @example
 * ```ts
 * import { ashaStopping } from "@ato/ato/hyperopt";
 * import { assertEquals } from "@std/assert";
 *
 * const scheduler = ashaStopping({ minFidelity: 1, maxFidelity: 9, eta: 2 });
 * const stops = [0.3, 0.1, 0.2].map((loss, trial) => {
 *   scheduler.started(trial, 0, 0);
 *   return scheduler.reported?.(trial, 0, 1, loss);
 * });
 * assertEquals(stops, [false, false, true]);
 * ```
 */
export function ashaStopping(options: AshaStoppingOptions): Scheduler {
  return new AshaStopping(options);
}

/** Where a trial is. */
interface Progress {
  /** How many rungs it has passed. */
  passed: number;
  isStopped: boolean;
}

class AshaStopping implements Scheduler {
  readonly name = "asha, stopping";
  readonly #eta: number;
  readonly #jobs: SingleJobs;
  /** Below the greatest fidelity. */
  readonly #fidelities: readonly number[];
  readonly #rungs: readonly GrowingRung[];
  readonly #progress = new Map<number, Progress>();
  readonly #plan: SchedulePlan;

  constructor(options: AshaStoppingOptions) {
    checkSettings(`plan ${this.name}`, options ?? null, ASHA_SETTINGS);
    const { minFidelity = 1, maxFidelity, eta = 3, trials = Infinity } =
      options;
    const range = { minFidelity, maxFidelity, eta };
    checkLadder(this.name, range);
    if (trials !== Infinity) checkTrials(this.name, trials);
    const fidelities = ladder(range);
    this.#eta = eta;
    this.#jobs = new SingleJobs(this.name, { trials, fidelity: maxFidelity });
    this.#fidelities = fidelities.slice(0, -1);
    this.#rungs = this.#fidelities.map(() => new GrowingRung(eta));
    const { resuming, ...plan } = planAsha(trials, { fidelities, eta });
    // A trial is one job, whatever it reaches: nothing restarts.
    this.#plan = { ...plan, jobs: trials, restarting: resuming, resuming };
  }

  next(): Decision {
    return this.#jobs.next();
  }

  started(trial: number, bracket: number, rung: number): void {
    this.#jobs.started(trial, bracket, rung);
    if (this.#progress.has(trial)) return;
    this.#progress.set(trial, { passed: 0, isStopped: false });
  }

  reported(
    trial: number,
    _rung: number,
    fidelity: number,
    loss: number,
  ): boolean {
    const progress = this.#progress.get(trial);
    if (progress === undefined) return false;
    const passed = this.#passed(fidelity);
    if (passed > progress.passed && !progress.isStopped) {
      progress.passed = passed;
      progress.isStopped = this.#stops(passed - 1, trial, loss);
    }
    // Again after a failed attempt, it is stopped where it was.
    return progress.isStopped;
  }

  ended(trial: number): void {
    this.#jobs.ended(trial);
  }

  plan(): SchedulePlan {
    return this.#plan;
  }

  /** How many rungs are at a fidelity or below. */
  #passed(fidelity: number): number {
    const above = this.#fidelities.findIndex((rung) => rung > fidelity);
    return above === -1 ? this.#fidelities.length : above;
  }

  #stops(index: number, trial: number, loss: number): boolean {
    const rung = this.#rungs[index]!;
    rung.add(trial, loss);
    return rung.size >= this.#eta && !rung.isTop(trial);
  }
}
