import { checkSettings } from "../_settings.ts";
import { checkRounds, scheduleBrackets } from "./_brackets.ts";
import { checkLadder, checkTrials, ladder } from "./_ladder.ts";
import { halvedRungs } from "./_plan.ts";
import type { Scheduler } from "./scheduler.ts";

/** Options for {@linkcode successiveHalving}. */
export interface SuccessiveHalvingOptions {
  /** The number of trials that are started, in each round. */
  readonly trials: number;
  /** The fidelity of the first rung, in any unit: epochs, steps, samples. */
  readonly minFidelity: number;
  /** The fidelity of the last rung. */
  readonly maxFidelity: number;
  /**
   * The reduction factor: one trial in `eta` is promoted, to `eta` times the fidelity.
   *
   * @default {3}
   */
  readonly eta?: number;
  /**
   * How often this is done, each time with new trials. With `Infinity` it is done again and again until the
   * budget of the study is spent or there are no more configs; if the study has no budget, it is done once.
   *
   * @default {1}
   */
  readonly rounds?: number;
}

/**
 * Successive halving: all trials run to the least fidelity, the best one in `eta` of them to `eta` times this
 * fidelity, and so on. A rung begins when all trials of the rung below have ended.
 *
 * Rungs are at `minFidelity * eta^k` below `maxFidelity`, and at `maxFidelity`. The number of trials is rounded
 * down from rung to rung, but at least one trial is promoted. Failed trials are never promoted: if fewer
 * trials than planned are left, fewer are promoted; if none is left, the search ends.
 *
 * Source: K. Jamieson and A. Talwalkar, Non-stochastic Best Arm Identification and Hyperparameter
 * Optimization, AISTATS 2016.
 *
 * @param options The number of trials, the fidelities, the reduction factor and the rounds.
 * @returns a scheduler with one bracket for each round.
 * @throws {SearchUsageError} If an option is out of range.
 *
 * @example
 * ```ts
 * import { successiveHalving } from "@ato/ato/hyperopt";
 * import { assertEquals } from "@std/assert";
 *
 * const scheduler = successiveHalving({ trials: 9, minFidelity: 1, maxFidelity: 9, eta: 3 });
 * assertEquals(scheduler.plan(), {
 *   brackets: [[
 *     { trials: 9, fidelity: 1 },
 *     { trials: 3, fidelity: 3 },
 *     { trials: 1, fidelity: 9 },
 *   ]],
 *   trials: 9,
 *   jobs: 13,
 *   restarting: 27,
 *   resuming: 21,
 * });
 * ```
 */
export function successiveHalving(
  options: SuccessiveHalvingOptions,
): Scheduler {
  const name = "successive halving";
  checkSettings<SuccessiveHalvingOptions>(`plan ${name}`, options ?? null, {
    minFidelity: true,
    maxFidelity: true,
    eta: true,
    trials: true,
    rounds: true,
  });
  const { trials, minFidelity, maxFidelity, eta = 3, rounds = 1 } = options;
  const range = { minFidelity, maxFidelity, eta };
  checkTrials(name, trials);
  checkLadder(name, range);
  checkRounds(name, rounds);
  const rungs = halvedRungs(trials, { fidelities: ladder(range), eta });
  return scheduleBrackets(name, { round: [rungs], rounds });
}
