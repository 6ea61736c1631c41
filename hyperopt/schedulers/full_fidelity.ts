import { checkSettings } from "../_settings.ts";
import { checkFidelity, checkTrials } from "./_ladder.ts";
import { planOf } from "./_plan.ts";
import { SingleJobs } from "./_single_jobs.ts";
import type { Scheduler } from "./scheduler.ts";

/** Options for {@linkcode fullFidelity}. */
export interface FullFidelityOptions {
  /**
   * The number of trials. Without it there is always another trial, and the budget of the study ends the
   * search.
   *
   * @default {Infinity}
   */
  readonly trials?: number;
  /**
   * The fidelity of each trial, in any unit: epochs, steps, samples.
   *
   * @default {1}
   */
  readonly fidelity?: number;
}

/**
 * Runs every trial to the same fidelity and stops none: a plain search, in which only the sampler learns from
 * results.
 *
 * Source: the baseline of J. Bergstra and Y. Bengio, Random Search for Hyper-Parameter Optimization,
 * JMLR 13 (2012).
 *
 * @param options The number of trials, and their fidelity.
 * @returns a scheduler with one rung.
 * @throws {SearchUsageError} If an option is out of range.
 *
 * @example
 * ```ts
 * import { fullFidelity } from "@ato/ato/hyperopt";
 * import { assertEquals } from "@std/assert";
 *
 * const scheduler = fullFidelity({ trials: 20, fidelity: 5 });
 * assertEquals(scheduler.next(), { kind: "start", bracket: 0, rung: 0, to: 5 });
 * assertEquals(scheduler.plan().resuming, 100);
 * ```
 */
export function fullFidelity(options: FullFidelityOptions = {}): Scheduler {
  const name = "full fidelity";
  checkSettings<FullFidelityOptions>(`plan ${name}`, options, {
    trials: true,
    fidelity: true,
  });
  const { trials = Infinity, fidelity = 1 } = options;
  if (trials !== Infinity) checkTrials(name, trials);
  checkFidelity(name, "fidelity", fidelity);
  const jobs = new SingleJobs(name, { trials, fidelity });
  const plan = planOf([[{ trials, fidelity }]]);
  return {
    name,
    next: () => jobs.next(),
    started: (trial, bracket, rung) => jobs.started(trial, bracket, rung),
    ended: (trial) => void jobs.ended(trial),
    plan: () => plan,
  };
}
