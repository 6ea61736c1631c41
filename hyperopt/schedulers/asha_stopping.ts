import { checkSettings } from "../_settings.ts";
import { ASHA_SETTINGS, type AshaOptions, planAsha } from "./asha.ts";
import { GrowingRung } from "./_growing_rung.ts";
import { checkLadder, checkTrials, ladder } from "./_ladder.ts";
import { SingleJobs } from "./_single_jobs.ts";
import type { Decision, SchedulePlan, Scheduler } from "./scheduler.ts";

/** Options for {@linkcode ashaStopping}: the same as for `asha`. */
export type AshaStoppingOptions = AshaOptions;

/**
 * Asynchronous successive halving with early stopping: each trial is one job to `maxFidelity`. When a trial
 * reports a loss at the fidelity of a rung or above for the first time, it is compared with all trials that
 * reported at the rung before. It is stopped unless it is among the best `floor(n / eta)` of these n trials,
 * itself included; of the first `eta - 1` trials at a rung, unless it is the best so far. No checkpoints are needed,
 * but the objective must report.
 *
 * Rungs are at `minFidelity * eta^k` below `maxFidelity`. A report that passes several rungs counts only at
 * the highest of them.
 *
 * Source: the stopping variant of L. Li et al., A System for Massively Parallel Hyperparameter Tuning,
 * MLSys 2020, as in A. Klein, L. C. Tiao, T. Lienart, C. Archambeau and M. Seeger, Model-based
 * Asynchronous Hyperparameter and Neural Architecture Search, arXiv:2003.10865 (2020).
 *
 * @param options The fidelities, the reduction factor and the number of trials.
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

/** The progress of a trial. */
interface Progress {
  /** The number of rungs that it has passed. */
  passed: number;
  isStopped: boolean;
}

class AshaStopping implements Scheduler {
  readonly name = "asha, stopping";
  readonly #eta: number;
  readonly #jobs: SingleJobs;
  /** The fidelities of the rungs, below the greatest one. */
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
    // A trial is one job, whatever fidelity it reaches: nothing restarts.
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
    // When it is repeated after a failed attempt, it stays stopped.
    return progress.isStopped;
  }

  ended(trial: number): void {
    this.#jobs.ended(trial);
  }

  plan(): SchedulePlan {
    return this.#plan;
  }

  /** Counts the rungs at a fidelity or below. */
  #passed(fidelity: number): number {
    const above = this.#fidelities.findIndex((rung) => rung > fidelity);
    return above === -1 ? this.#fidelities.length : above;
  }

  #stops(index: number, trial: number, loss: number): boolean {
    const rung = this.#rungs[index]!;
    rung.add(trial, loss);
    return !(rung.size < this.#eta ? rung.isBest(trial) : rung.isTop(trial));
  }
}
