import type { ADict } from "../adict/mod.ts";
import type { SQLLogger, TrackerConfig } from "../tracker/mod.ts";
import { type Action, drive } from "./_drive.ts";
import { SearchUsageError } from "./errors.ts";
import { KeepingError } from "./_kept_search.ts";
import { checkMethods } from "./_settings.ts";
import { describe } from "./_describe.ts";
import type { DistributionConfig } from "./grid_space.ts";
import type { ConfigOf } from "./spaces/config_of.ts";
import { defineSpace, type SpaceInput } from "./spaces/define_space.ts";
import type { Space } from "./spaces/space.ts";
import { type Objective, runTrial } from "./_run_trial.ts";
import type { Trial } from "./trial.ts";
import { TrialTracker } from "./_trial_tracker.ts";
import { TrialScope } from "./_trial_scope.ts";

/** A function that runs the trial of a config. */
export type RunTrial<C> = (
  config: object,
) => Generator<Action, Trial<C>, unknown>;

/** The keys that a search adds to the config of a trial. */
export interface TrialKeys {
  /** The number of halvings that the trial survived. */
  __num_halved__: number;
  /** The id of the search. */
  __hyperopt_id__: string;
}

/** The type of the config of a trial: the keys of the scope, the searched keys and those that a search adds. */
export type TrialConfig<T extends object, S> = DistributionConfig<
  T,
  ConfigOf<S> & TrialKeys
>;

/** The method of a scope that a search calls; every `Scope` has it. */
export interface SearchableScope<T extends object> {
  /** Wraps a function, which then gets the resolved config. */
  main<A extends unknown[], R>(
    fn: (config: ADict<T>, ...rest: A) => R,
  ): (...rest: A) => R;
}

/** Options for {@linkcode HyperOpt}. */
export interface HyperOptOptions<
  Tracker extends SearchTracker | undefined = SearchTracker | undefined,
> {
  /**
   * Whether the greatest or the least metric is the best.
   *
   * @default {"max"}
   */
  readonly mode?: "max" | "min";
  /**
   * The id of the search. With a tracker, an existing search is resumed: trials that finished do not run
   * again.
   *
   * @default {a random UUID}
   */
  readonly id?: string;
  /**
   * The tracker that stores each trial as a run: a config that names project and database, or a logger
   * made with one. The run has the tags `hyperopt` and `search:` with the id. Its name is the words that set
   * the trial's keys, and its metric `objective` is what the objective returned. With a tracker, a search
   * returns a promise.
   *
   * @default {trials are not tracked}
   */
  readonly tracker?: Tracker;
}

/** The names by which a search says how it works. */
export interface SearchMethod {
  /** How the configs are chosen. */
  readonly sampler: string;
  /** What decides which of them run next, and for how long. */
  readonly scheduler: string;
}

/** The tracker of a search: a config that names project and database, or a logger. */
export type SearchTracker = TrackerConfig | SQLLogger;

/**
 * The generator that {@linkcode HyperOpt.search} returns: it yields configs to try, gets their trials, and
 * returns the result of the search.
 */
export type Search<T extends object, S, R = Trial<TrialConfig<T, S>>> =
  Generator<readonly object[], R, readonly Trial<TrialConfig<T, S>>[]>;

/**
 * The function that runs a search: it takes the arguments of the objective after the first one. With a
 * tracker it returns a promise, since runs are stored asynchronously.
 */
export type Launcher<A extends unknown[], M, R, Tracker = undefined> = (
  ...args: A
) => Tracker extends object ? Promise<R>
  : 0 extends 1 & M ? R
  : M extends PromiseLike<unknown> ? Promise<R>
  : R;

/**
 * The base class of searches over the configs of a scope. To write a search of your own, extend it and
 * yield the configs to try in {@linkcode HyperOpt.search}.
 *
 * The config of a trial is the one that the script has with the searched keys on its command line, views and
 * lazy views included. It is the scope's current config while the trial runs.
 *
 * @example
 * ```ts
 * import type { ADict } from "@ato/ato/adict";
 * import { HyperOpt, int, prepareDistributions, type Search, type SpaceInput } from "@ato/ato/hyperopt";
 * import { Scope } from "@ato/ato/scope";
 * import { assertEquals } from "@std/assert";
 *
 * class GridSearch<T extends object, const S extends SpaceInput> extends HyperOpt<T, S> {
 *   protected override *search(config: ADict<T>): Search<T, S> {
 *     const trials = yield prepareDistributions(config, this.searchSpaces);
 *     return this.sortTrials(trials)[0]!;
 *   }
 * }
 *
 * const grid = new GridSearch(new Scope({ argv: [] }), { width: int(1, 4, { grid: 4 }) });
 * const { config, metric } = grid.main((config) => -Math.abs(config.width - 3))();
 * assertEquals([config.width, metric], [3, -0]);
 * ```
 */
export abstract class HyperOpt<
  T extends object,
  S extends SpaceInput,
  R = Trial<TrialConfig<T, S>>,
  Tracker extends SearchTracker | undefined = undefined,
> {
  /** The scope whose configs are searched. */
  readonly scope: SearchableScope<T>;
  /** The parameters, as they were given. */
  readonly searchSpaces: S;
  /** The parameters in normal form. */
  readonly space: Space<ConfigOf<S>>;
  /** Whether the greatest or the least metric is the best. */
  readonly mode: "max" | "min";
  /** The tracker of the trials; `undefined` if they are not tracked. */
  readonly tracker: Tracker | undefined;
  /** The id of the search; the config of a trial has it as `__hyperopt_id__`. */
  readonly id: string;
  /** Whether the program gave the id. */
  readonly #isNamed: boolean;

  /**
   * Makes a search.
   *
   * @param scope The scope whose configs are searched.
   * @param searchSpaces The parameters.
   * @param options The mode, the id and the tracker.
   * @throws {SpaceError} If a parameter cannot be searched.
   * @throws {SearchUsageError} If an option is out of range.
   */
  constructor(
    scope: SearchableScope<T>,
    searchSpaces: S,
    options: HyperOptOptions<Tracker> = {},
  ) {
    checkMethods("search", "scope", scope, {
      methods: ["main"],
      give: "a Scope",
    });
    const { mode = "max", id = crypto.randomUUID() } = options;
    if (typeof id !== "string" || id === "") {
      throw new SearchUsageError(
        "id",
        `Cannot search: id is ${
          describe(id)
        }; give the name of the search, or leave it out`,
      );
    }
    if (mode !== "max" && mode !== "min") {
      throw new SearchUsageError(
        "mode",
        `Cannot search for ${describe(mode)}: mode is "max" or "min"`,
      );
    }
    this.scope = scope;
    this.searchSpaces = searchSpaces;
    this.space = defineSpace(searchSpaces) as Space<ConfigOf<S>>;
    this.mode = mode;
    this.id = id;
    this.#isNamed = options.id !== undefined;
    this.tracker = options.tracker;
  }

  /**
   * Chooses the configs to try: yields some, gets a trial for each in the same order, and so on.
   *
   * @param config The scope's config before the search.
   * @returns the steps of the search; what they return is its result.
   */
  protected abstract search(
    config: ADict<T>,
  ): Search<T, S, R>;

  /**
   * Makes the function that runs the search.
   *
   * @param fn The objective: it gets the config of a trial and the arguments of the caller, and returns the
   * metric or a promise of it. If it throws, or returns no finite number, the trial failed.
   * @returns a function that runs the search and returns its result; a promise of the result if the objective
   * returns promises.
   * @throws {SearchUsageError} If the objective is not a function.
   */
  main<A extends unknown[], M extends number | PromiseLike<number>>(
    fn: (config: TrialConfig<T, S>, ...rest: A) => M,
  ): Launcher<A, M, R, Tracker> {
    if (typeof fn !== "function") {
      throw new SearchUsageError(
        "objective",
        `Cannot search: the objective is ${
          describe(fn)
        }; give a function of a config that returns the metric`,
      );
    }
    const run = (base: ADict<T>, args: A) =>
      drive(this.#steps(base, fn as unknown as Objective, args));
    // Async views are awaited if the objective is an async function.
    const isAsync =
      Object.prototype.toString.call(fn) === "[object AsyncFunction]";
    const launch = isAsync
      ? this.scope.main(async (base, ...args: A) => await run(base, args))
      : this.scope.main((base, ...args: A) => run(base, args));
    return launch as Launcher<A, M, R, Tracker>;
  }

  /**
   * Sorts trials, the best first. Failed trials come last; equal trials keep their order.
   *
   * @param trials The trials.
   * @returns the sorted trials.
   */
  protected sortTrials<C>(trials: readonly Trial<C>[]): Trial<C>[] {
    const sign = this.mode === "max" ? -1 : 1;
    return [...trials].sort((a, b) => {
      const [aFailed, bFailed] = [isNaN(a.metric), isNaN(b.metric)];
      if (aFailed || bFailed) return Number(aFailed) - Number(bFailed);
      return a.metric === b.metric ? 0 : sign * (a.metric - b.metric);
    });
  }

  /**
   * Runs trials: in this class, one after the other.
   *
   * @param configs The configs of the trials.
   * @param run Runs one trial.
   * @returns the trials, in the order of `configs`.
   */
  protected *evaluate(
    configs: readonly object[],
    run: RunTrial<TrialConfig<T, S>>,
  ): Generator<Action, readonly Trial<TrialConfig<T, S>>[], unknown> {
    const trials: Trial<TrialConfig<T, S>>[] = [];
    for (const config of configs) trials.push(yield* run(config));
    return trials;
  }

  /** Is called once when no further configs are tried: in this class, it does nothing. */
  protected *settle(): Generator<Action, void, unknown> {}

  /** The method, as `ato search show` names it: in this class, that of the class that extends it. */
  protected get method(): SearchMethod {
    // The class may get another name, and is the same.
    return { sampler: this.constructor.name || "a class", scheduler: "own" };
  }

  /** Whether several ranks run the trials together, so that no file alone has the journal: in this class, they do not. */
  protected get isShared(): boolean {
    return false;
  }

  *#steps(
    base: ADict<T>,
    fn: Objective,
    args: unknown[],
  ): Generator<Action, R, unknown> {
    const scope = new TrialScope(this.scope, this.space);
    const tracker = this.#makeTracker();
    let isDone = false;
    try {
      // A config with this key is a trial that is repeated: it is no search.
      const isKept = !this.isShared && !base.has("__num_halved__");
      if (tracker !== undefined) yield () => tracker.open(isKept);
      const objective = (config: never) => fn(config, ...args);
      const runner = { scope, id: this.id, objective, tracker };
      const run = (config: object) => runTrial(runner, config);
      const search = this.search(base);
      let step = search.next();
      while (!step.done) {
        const trials = yield* this.evaluate(step.value, run as never);
        try {
          step = search.next(trials);
        } catch (error) {
          // The search has ended, too, e.g. because all trials failed.
          isDone = true;
          yield* this.settle();
          throw error;
        }
      }
      isDone = true;
      yield* this.settle();
      return step.value;
    } catch (error) {
      throw error instanceof KeepingError ? error.cause : error;
    } finally {
      scope.restore();
      tracker?.close(isDone);
    }
  }

  #makeTracker(): TrialTracker | undefined {
    if (this.tracker === undefined) return undefined;
    return new TrialTracker(this.tracker, {
      id: this.id,
      isNamed: this.#isNamed,
      space: this.space,
      mode: this.mode,
      ...this.method,
    });
  }
}
