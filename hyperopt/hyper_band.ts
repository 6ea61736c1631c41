import type { ADict } from "../adict/mod.ts";
import { SearchUsageError } from "./errors.ts";
import type { Known } from "../internal/known_options.ts";
import { checkSettings } from "./_settings.ts";
import { halve, HalvingRecord, withoutMetric } from "./_halving_record.ts";
import type { HyperBandResult } from "./hyper_band_result.ts";
import {
  HyperOpt,
  type HyperOptOptions,
  type Search,
  type SearchableScope,
  type SearchMethod,
  type SearchTracker,
} from "./hyper_opt.ts";
import type { TrialConfig } from "./hyper_opt.ts";
import { type HalvingPlan, planHalving } from "./_plan_halving.ts";
import type { SpaceInput } from "./spaces/define_space.ts";
import type { Space } from "./spaces/space.ts";
import type { Trial } from "./trial.ts";
import { withPoint } from "./_with_point.ts";

/** Options for {@linkcode HyperBand}. */
export interface HyperBandOptions<
  Tracker extends SearchTracker | undefined = SearchTracker | undefined,
> extends HyperOptOptions<Tracker> {
  /** The share of the configs that is kept after each rung, above 0 and below 1. */
  readonly halvingRate: number;
  /** The least size of a rung: a rung of fewer configs is not run, and the best config so far runs for the last time. */
  readonly numMinSamples: number;
}

/**
 * Searches a grid by successive halving, as `HyperBand` of Python ato does: every config of the grid runs,
 * the best share of them runs again, and so on; at the end the best config runs for the last time. The
 * objective reads `config.__num_halved__` to decide how long to train.
 *
 * Source: K. Jamieson, A. Talwalkar, Non-stochastic Best Arm Identification and Hyperparameter
 * Optimization, AISTATS 2016. For the brackets of L. Li et al., Hyperband, JMLR 18 (2018), and for
 * survivors that resume instead of restarting, run a study with the scheduler {@linkcode hyperband}.
 *
 * @example
 * ```ts
 * import { category, float, HyperBand } from "@ato/ato/hyperopt";
 * import { Scope } from "@ato/ato/scope";
 * import { assertEquals } from "@std/assert";
 *
 * const scope = new Scope({ argv: [] });
 * const hyperband = new HyperBand(scope, {
 *   lr: float(1e-4, 1, { log: true, grid: 5 }),
 *   activation: category(["relu", "tanh"]),
 * }, { halvingRate: 0.5, numMinSamples: 2, mode: "min" });
 *
 * const epochs = hyperband.computeOptimizedInitialTrainingSteps(16);
 * assertEquals(epochs, [2, 4, 8, 16]);
 *
 * const search = hyperband.main((config) => {
 *   const loss = Math.abs(Math.log10(config.lr) + 2) + (config.activation === "relu" ? 0.5 : 1);
 *   return loss / epochs[config.__num_halved__]!;
 * });
 * const { config, metric, logs } = search();
 * assertEquals([config.lr, config.activation, metric], [0.01, "relu", 0.5 / 16]);
 * assertEquals(logs.map((rung) => rung.length), [10, 5, 2, 1]);
 * ```
 */
export class HyperBand<
  T extends object,
  const S extends SpaceInput,
  Tracker extends SearchTracker | undefined = undefined,
> extends HyperOpt<T, S, HyperBandResult<TrialConfig<T, S>>, Tracker> {
  /** The share of the configs that is kept after each rung. */
  readonly halvingRate: number;
  /** The least size of a rung. */
  readonly numMinSamples: number;
  readonly #plan: HalvingPlan;

  /**
   * Makes a search.
   *
   * @param scope The scope whose configs are searched.
   * @param searchSpaces The parameters; each number must have a grid.
   * @param options The rate of the halving, the least size of a rung, and the mode.
   * @throws {SpaceError} If a parameter cannot be searched, or has no grid.
   * @throws {SearchUsageError} If an option is out of range.
   */
  constructor(
    scope: SearchableScope<T>,
    searchSpaces: S,
    options: HyperBandOptions<Tracker>,
  ) {
    // A class that extends this one has options of its own.
    if (new.target === HyperBand || typeof options !== "object") {
      checkSettings("search with HyperBand", options ?? null, SETTINGS);
    }
    super(scope, searchSpaces, options);
    this.halvingRate = options.halvingRate;
    this.numMinSamples = options.numMinSamples;
    this.#plan = planHalving(countGrid(this.space), options);
  }

  /**
   * Counts the values of `config.__num_halved__`: one for each rung, and one for the last run.
   *
   * Python ato estimates this number with logarithms and is off by one or more for many options. This number
   * is exact.
   *
   * @returns the number.
   */
  numGenerations(): number {
    return this.#plan.generations;
  }

  /**
   * Counts the trials: those of each rung, and the last run of the best config. Each config that fails in
   * the last run adds one.
   *
   * @returns how often the objective runs.
   */
  numTrials(): number {
    return this.#plan.rungs.reduce((sum, count) => sum + count, 1);
  }

  /**
   * Spreads the training over the rungs so that each rung costs about the same: the steps of a generation
   * are those of the next one times the halving rate, rounded up.
   *
   * @param maxSteps The steps of the last run, e.g. epochs.
   * @returns the steps by `config.__num_halved__`.
   * @throws {SearchUsageError} If `maxSteps` is less than 1.
   */
  computeOptimizedInitialTrainingSteps(maxSteps: number): number[] {
    if (!Number.isFinite(maxSteps) || maxSteps < 1) {
      throw new SearchUsageError(
        "maxSteps",
        `Cannot spread ${maxSteps} steps over the rungs: maxSteps is a number from 1 up`,
      );
    }
    return this.#plan.steps(maxSteps);
  }

  /**
   * Runs the rungs.
   *
   * @param config The scope's config before the search.
   * @returns the steps of the search.
   */
  protected override *search(
    config: ADict<T>,
  ): Search<T, S, HyperBandResult<TrialConfig<T, S>>> {
    const record = new HalvingRecord<TrialConfig<T, S>>();
    // A config with this key is a trial that is repeated: it runs alone.
    if (config.has("__num_halved__")) return record.result(yield [config]);
    let configs: object[] = Array.from(
      this.space.grid(),
      (point) => withPoint(config, this.space, point).set("__num_halved__", 0),
    );
    let ranking: readonly Trial<TrialConfig<T, S>>[] = [];
    for (const keep of this.#plan.keep) {
      const rung = record.add(this.sortTrials(yield configs));
      const finished = rung.filter(({ metric }) => !isNaN(metric));
      if (finished.length === 0) break;
      ranking = finished;
      configs = ranking.slice(0, keep).map((trial) => halve(trial.config));
      if (configs.length === 0) break;
    }
    return yield* this.#finish(ranking, record);
  }

  /** The method, as `ato search show` names it. */
  protected override get method(): SearchMethod {
    return { sampler: "grid", scheduler: "HyperBand" };
  }

  /** Runs the best config for the last time; if it fails, the next best one. */
  *#finish(
    ranking: readonly Trial<TrialConfig<T, S>>[],
    record: HalvingRecord<TrialConfig<T, S>>,
  ): Search<T, S, HyperBandResult<TrialConfig<T, S>>> {
    for (const { config } of ranking) {
      const last = withoutMetric(config);
      last.set("__num_halved__", this.#plan.generations - 1);
      const trials = yield [last];
      if (!isNaN(trials[0]!.metric)) return record.result(trials);
      record.fail(trials[0]!);
    }
    return record.result(ranking.slice(0, 1));
  }
}

/** The options of `HyperBand`. */
const SETTINGS: Known<HyperBandOptions> = {
  halvingRate: true,
  numMinSamples: true,
  mode: true,
  id: true,
  tracker: true,
};

/** The first rung runs every config of the grid: with more configs it would never end. */
const MOST_CONFIGS = 1e6;

function countGrid(space: Space<unknown>): number {
  let size = 0;
  for (const _ of space.grid()) {
    if (++size <= MOST_CONFIGS) continue;
    throw new SearchUsageError(
      "searchSpaces",
      `Cannot run the first rung: the grid has more than ${MOST_CONFIGS} configs; give the ` +
        "parameters fewer points, or sample the space in a study",
    );
  }
  return size;
}
