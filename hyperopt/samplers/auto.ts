import { checkMethods, checkSettings, SPACE } from "../_settings.ts";
import { fidelitiesOf } from "../schedulers/_plan.ts";
import type { Scheduler } from "../schedulers/scheduler.ts";
import type { Space } from "../spaces/space.ts";
import { bohbSampler } from "./bohb.ts";
import { cmaEsSampler } from "./cma_es.ts";
import { gaussianProcessSampler } from "./gaussian_process.ts";
import type { Sampler } from "./sampler.ts";
import { tpeSampler } from "./tpe.ts";

/** Options for {@linkcode autoSampler}. */
export interface AutoSamplerOptions {
  /**
   * The scheduler of the study.
   *
   * @default {one that runs each trial to the end}
   */
  readonly scheduler?: Scheduler;
  /**
   * How many trials the search is going to have.
   *
   * @default {the number that the scheduler plans}
   */
  readonly trials?: number;
  /**
   * How many seconds a trial takes. A Gaussian process needs about 0.05 seconds for each of 100 points, and up to a
   * third of a second with 300, which pays only if trials are slower.
   *
   * @default {not known: a Gaussian process for up to 100 trials}
   */
  readonly seconds?: number;
}

/** A sampler that was picked by {@linkcode autoSampler}. */
export interface AutoSampler extends Sampler {
  /** Which sampler was picked, and why: a sentence. */
  readonly why: string;
}

/** Up to so many trials a Gaussian process uses all results. */
const MOST_OF_PROCESS = 300;
/** With more parameters than this, neither the process nor a full covariance was measured. */
const MANY_PARAMETERS = 20;
/** Trials that take less than this are cheaper than the points of a Gaussian process. */
const SLOW_SECONDS = 1;
/** Up to so many trials all points of a Gaussian process take a few seconds. */
const FEW_TRIALS = 100;
/** Trials that take less than this are cheaper even than the first 100 points. */
const FAST_SECONDS = 0.1;

/**
 * Picks a sampler by the space, the scheduler and the budget, and says what it picked:
 *
 * | search | sampler |
 * | --- | --- |
 * | the scheduler stops trials early | {@linkcode bohbSampler} |
 * | conditions, or nothing is known of the budget | {@linkcode tpeSampler} |
 * | up to 100 trials, not known to take less than 0.1 seconds, up to 20 parameters | {@linkcode gaussianProcessSampler} |
 * | up to 300 trials of a second or more, up to 20 parameters | {@linkcode gaussianProcessSampler} |
 * | more than 300 trials, numbers only | {@linkcode cmaEsSampler}, separable above 20 parameters |
 * | all else | {@linkcode tpeSampler} |
 *
 * The rules follow the measurements in `docs/hyperopt_measured.md`.
 *
 * @param space The space to sample from.
 * @param options What is known of the search.
 * @returns the sampler, with a sentence of why it was picked.
 * @throws {SearchUsageError} If the space is none, or an option is unknown.
 *
 * @example
 * ```ts
 * import { asha, autoSampler, defineSpace, float } from "@ato/ato/hyperopt";
 * import { assertEquals } from "@std/assert";
 *
 * const space = defineSpace({ lr: float(1e-5, 1e-1, { log: true }) });
 * const scheduler = asha({ minFidelity: 1, maxFidelity: 27 });
 * assertEquals(autoSampler(space, { scheduler }).name, "bohb");
 *
 * const slow = autoSampler(space, { trials: 60, seconds: 120 });
 * assertEquals(slow.name, "gp");
 * assertEquals(
 *   slow.why,
 *   "Picked the Gaussian process: 60 slow trials of 1 parameter, without early stopping.",
 * );
 * ```
 */
export function autoSampler<C>(
  space: Space<C>,
  options: AutoSamplerOptions = {},
): AutoSampler {
  const action = "pick a sampler";
  checkMethods(action, "space", space, SPACE);
  checkSettings<AutoSamplerOptions>(action, options, {
    scheduler: true,
    trials: true,
    seconds: true,
  });
  const { sampler, why } = pick(space, options);
  const { name } = sampler;
  return {
    name,
    why,
    sample: (trial, random, again) => sampler.sample(trial, random, again),
    prepare: (fidelities) => sampler.prepare?.(fidelities),
    started: (trial, point) => sampler.started?.(trial, point),
    observe: (observation) => sampler.observe?.(observation),
  };
}

interface Picked {
  readonly sampler: Sampler;
  readonly why: string;
}

function pick<C>(space: Space<C>, options: AutoSamplerOptions): Picked {
  const { scheduler, seconds } = options;
  const trials = options.trials ?? scheduler?.plan().trials ?? Infinity;
  const { dimensions } = space;
  const tpe = (reason: string): Picked => ({
    sampler: tpeSampler(space),
    why: `Picked TPE: ${reason}.`,
  });
  if (scheduler !== undefined && stopsEarly(scheduler)) {
    return {
      sampler: bohbSampler(space),
      why: `Picked BOHB: ${scheduler.name} stops trials early.`,
    };
  }
  if (dimensions.some(({ when }) => when !== undefined)) {
    return tpe("some parameters exist only under a condition");
  }
  if (!Number.isFinite(trials)) return tpe("the number of trials is not known");
  const count = dimensions.length;
  const parameters = `${count} ${count === 1 ? "parameter" : "parameters"}`;
  if (trials <= MOST_OF_PROCESS) {
    if (!isWorth(trials, seconds)) {
      return tpe(`${trials} trials that are not known to be slow`);
    }
    if (count > MANY_PARAMETERS) return tpe(`there are ${parameters}`);
    const slow = seconds === undefined ? "" : "slow ";
    return {
      sampler: gaussianProcessSampler(space),
      why:
        `Picked the Gaussian process: ${trials} ${slow}trials of ${parameters}, without early stopping.`,
    };
  }
  if (dimensions.some(({ kind }) => kind === "category")) {
    return tpe(`${trials} trials with categories`);
  }
  const covariance = count > MANY_PARAMETERS ? "separable" : "full";
  return {
    sampler: cmaEsSampler(space, { covariance }),
    why:
      `Picked ${covariance} CMA-ES: ${trials} trials of ${parameters}, all numbers, without early stopping.`,
  };
}

/** Whether the points of a Gaussian process cost little beside the trials. */
function isWorth(trials: number, seconds: number | undefined): boolean {
  if (trials > FEW_TRIALS) return (seconds ?? 0) >= SLOW_SECONDS;
  return seconds === undefined || seconds >= FAST_SECONDS;
}

/** Whether trials are compared before they are complete: at rungs, or at each report. */
function stopsEarly(scheduler: Scheduler): boolean {
  return scheduler.reported !== undefined ||
    fidelitiesOf(scheduler.plan()).length > 1;
}
