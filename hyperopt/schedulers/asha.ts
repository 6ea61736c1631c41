import type { Known } from "../../internal/known_options.ts";
import { checkSettings } from "../_settings.ts";
import { unplanned } from "./_brackets.ts";
import { GrowingRung } from "./_growing_rung.ts";
import { checkLadder, checkTrials, ladder } from "./_ladder.ts";
import { halvedRungs, planOf } from "./_plan.ts";
import {
  alwaysFits,
  type Decision,
  type NextOptions,
  type SchedulePlan,
  type Scheduler,
} from "./scheduler.ts";

/** Options for {@linkcode asha}. */
export interface AshaOptions {
  /**
   * The fidelity of the first rung, in any unit: epochs, steps, samples.
   *
   * @default {1}
   */
  readonly minFidelity?: number;
  /** The fidelity of the last rung. */
  readonly maxFidelity: number;
  /**
   * The reduction factor: one trial in `eta` is promoted, to `eta` times the fidelity.
   *
   * @default {3}
   */
  readonly eta?: number;
  /**
   * The number of trials. Without it there is always another trial, and the budget of the study ends the
   * search.
   *
   * @default {Infinity}
   */
  readonly trials?: number;
}

/**
 * Asynchronous successive halving with promotion (ASHA). A free worker promotes the best trial of the highest
 * rung that has a promotable one: a trial that is among the best `floor(n / eta)` of the n trials that ended
 * at the rung, and was not promoted yet. If no rung has one, the worker starts a new trial. So no worker waits
 * for the slowest trial of a rung.
 *
 * Rungs are at `minFidelity * eta^k` below `maxFidelity`, and at `maxFidelity`. Failed trials count in n and
 * are never promoted. As in the paper, a trial stays promoted when better ones come later, so more than one in
 * `eta` may be promoted in the end. The numbers of `plan()` are those of an order in which this does not
 * happen.
 *
 * Source: L. Li, K. Jamieson, A. Rostamizadeh, E. Gonina, J. Ben-tzur, M. Hardt, B. Recht and
 * A. Talwalkar, A System for Massively Parallel Hyperparameter Tuning, MLSys 2020, Algorithm 2.
 *
 * @param options The fidelities, the reduction factor and the number of trials.
 * @returns a scheduler that never waits while there are trials to start.
 * @throws {SearchUsageError} If an option is out of range.
 *
 * @example
 * ```ts
 * import { asha } from "@ato/ato/hyperopt";
 * import { assertEquals } from "@std/assert";
 *
 * const scheduler = asha({ minFidelity: 1, maxFidelity: 9, eta: 3 });
 * for (const [trial, loss] of [0.3, 0.1, 0.2].entries()) {
 *   assertEquals(scheduler.next(), { kind: "start", bracket: 0, rung: 0, to: 1 });
 *   scheduler.started(trial, 0, 0);
 *   scheduler.ended(trial, 0, loss);
 * }
 * assertEquals(scheduler.next(), {
 *   kind: "resume",
 *   trial: 1,
 *   bracket: 0,
 *   rung: 1,
 *   from: 1,
 *   to: 3,
 * });
 * ```
 */
export function asha(options: AshaOptions): Scheduler {
  return new Asha(options);
}

/** The options of both variants. */
export const ASHA_SETTINGS: Known<AshaOptions> = {
  minFidelity: true,
  maxFidelity: true,
  eta: true,
  trials: true,
};

/** The progress of a trial. */
interface Progress {
  /** The number of rungs that it has ended. */
  ended: number;
  isRunning: boolean;
}

class Asha implements Scheduler {
  readonly name = "asha";
  readonly #trials: number;
  readonly #fidelities: readonly number[];
  readonly #plan: SchedulePlan;
  /** All rungs but the last, from which no trial is promoted. */
  readonly #rungs: readonly GrowingRung[];
  readonly #progress = new Map<number, Progress>();
  #running = 0;

  constructor(options: AshaOptions) {
    checkSettings(`plan ${this.name}`, options ?? null, ASHA_SETTINGS);
    const { minFidelity = 1, maxFidelity, eta = 3, trials = Infinity } =
      options;
    const range = { minFidelity, maxFidelity, eta };
    checkLadder(this.name, range);
    if (trials !== Infinity) checkTrials(this.name, trials);
    this.#trials = trials;
    this.#fidelities = ladder(range);
    this.#rungs = this.#fidelities.slice(1).map(() => new GrowingRung(eta));
    this.#plan = planAsha(trials, { fidelities: this.#fidelities, eta });
  }

  next({ fits = alwaysFits }: NextOptions = {}): Decision {
    let isShort = false;
    for (let rung = this.#rungs.length; rung > 0; rung--) {
      const trial = this.#rungs[rung - 1]!.promotable;
      if (trial === undefined) continue;
      const from = this.#fidelities[rung - 1]!;
      const to = this.#fidelities[rung]!;
      const resume = {
        kind: "resume",
        trial,
        bracket: 0,
        rung,
        from,
        to,
      } as const;
      if (fits(resume)) return resume;
      isShort = true;
    }
    if (!isShort && this.#progress.size < this.#trials) {
      return { kind: "start", bracket: 0, rung: 0, to: this.#fidelities[0]! };
    }
    return { kind: this.#running > 0 ? "wait" : "done" };
  }

  started(trial: number, bracket: number, rung: number): void {
    if (bracket !== 0 || this.#fidelities[rung] === undefined) {
      throw unplanned(this.name, { trial, bracket, rung });
    }
    const progress = this.#progress.get(trial) ??
      { ended: 0, isRunning: false };
    this.#progress.set(trial, progress);
    if (!progress.isRunning) this.#running++;
    progress.isRunning = true;
    this.#rungs[rung - 1]?.promote(trial);
  }

  ended(trial: number, rung: number, loss: number | undefined): void {
    const progress = this.#progress.get(trial);
    if (progress === undefined || !progress.isRunning) return;
    progress.isRunning = false;
    this.#running--;
    if (rung < progress.ended) return;
    progress.ended = rung + 1;
    this.#rungs[rung]?.add(trial, loss);
  }

  plan(): SchedulePlan {
    return this.#plan;
  }
}

/** Plans the usual case: one trial in `eta` is promoted. */
export function planAsha(
  trials: number,
  options: { readonly fidelities: readonly number[]; readonly eta: number },
): SchedulePlan {
  const rungs = halvedRungs(trials, options)
    // Synchronous halving keeps one trial even if it is not one in `eta`.
    .map(({ fidelity }, rung) => ({
      trials: Math.floor(trials / options.eta ** rung),
      fidelity,
    }))
    .filter(({ trials }) => trials > 0);
  return { ...planOf([rungs]), isEstimate: true };
}
