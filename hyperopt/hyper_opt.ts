import type { ADict } from "../adict/mod.ts";
import type { SQLLogger, TrackerConfig } from "../tracker/mod.ts";
import { type Action, drive } from "./_drive.ts";
import { SearchUsageError } from "./errors.ts";
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

/** Runs the trial of a config. */
export type RunTrial<C> = (
  config: object,
) => Generator<Action, Trial<C>, unknown>;

/** The keys that a search adds to the config of a trial. */
export interface TrialKeys {
  /** How many halvings the trial has survived. */
  __num_halved__: number;
  /** The search that the trial belongs to. */
  __hyperopt_id__: string;
}

/** The config of a trial: what the scope knows, the searched keys, and what the search adds. */
export type TrialConfig<T extends object, S> = DistributionConfig<
  T,
  ConfigOf<S> & TrialKeys
>;

/** What a search needs of a scope; every `Scope` has it. */
export interface SearchableScope<T extends object> {
  /** Makes a function that gets the resolved config. */
  main<A extends unknown[], R>(
    fn: (config: ADict<T>, ...rest: A) => R,
  ): (...rest: A) => R;
}

/** How a search is made. */
export interface HyperOptOptions<
  Tracker extends SearchTracker | undefined = SearchTracker | undefined,
> {
  /**
   * Whether the greatest or the least metric wins.
   *
   * @default "max"
   */
  readonly mode?: "max" | "min";
  /**
   * Names the search. With a tracker, a search of an id that it knows goes on where it was: no trial
   * that finished runs again.
   *
   * @default a random UUID
   */
  readonly id?: string;
  /**
   * Where each trial is kept as a run: a config that names project and database, or a logger made with
   * one. The run has the tags `hyperopt` and `search:` with the id, the words that set the trial's
   * keys as its name, and the objective as the metric `objective`. With a tracker, a search gives a
   * promise.
   */
  readonly tracker?: Tracker;
}

/** What can track the trials of a search. */
export type SearchTracker = TrackerConfig | SQLLogger;

/**
 * What {@linkcode HyperOpt.search} is: it yields configs to try, gets what became of them, and
 * returns the result of the search.
 */
export type Search<T extends object, S, R = Trial<TrialConfig<T, S>>> =
  Generator<readonly object[], R, readonly Trial<TrialConfig<T, S>>[]>;

/**
 * What a search's function looks like: the objective without its first argument. With a tracker it
 * gives a promise, since there is more to wait for than the objective.
 */
export type Launcher<A extends unknown[], M, R, Tracker = undefined> = (
  ...args: A
) => Tracker extends object ? Promise<R>
  : 0 extends 1 & M ? R
  : M extends PromiseLike<unknown> ? Promise<R>
  : R;

/**
 * The base of searches over the configs of a scope. A search of your own says in
 * {@linkcode HyperOpt.search} which configs it tries; `docs/hyperopt_extend.md` shows one.
 *
 * A trial's config is what the script would have with the searched keys on its command line: views
 * and lazy views included. While a trial runs it is the scope's current config.
 */
export abstract class HyperOpt<
  T extends object,
  S extends SpaceInput,
  R = Trial<TrialConfig<T, S>>,
  Tracker extends SearchTracker | undefined = undefined,
> {
  /** The scope whose configs are searched. */
  readonly scope: SearchableScope<T>;
  /** What is searched, as it was given. */
  readonly searchSpaces: S;
  /** What is searched, in normal form. */
  readonly space: Space<ConfigOf<S>>;
  /** Whether the greatest or the least metric wins. */
  readonly mode: "max" | "min";
  /** Where trials are tracked, if they are. */
  readonly tracker: Tracker | undefined;
  /** Names the search; trials find it as `config.__hyperopt_id__`. */
  readonly id: string;

  /**
   * Makes a search.
   *
   * @param scope The scope whose configs are searched.
   * @param searchSpaces The parameters.
   * @param options What wins, and the search's name.
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
    this.tracker = options.tracker;
  }

  /**
   * Says which configs are tried: yields some, gets a trial for each, in their order, and so on.
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
   * @param fn The objective: gets a trial's config, and what the caller passes, and returns the
   * metric, or a promise of it. Where it throws, or returns NaN, the trial loses.
   * @returns a function that runs the search and returns its result; a promise of it if the objective
   * returns promises.
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
    // Async views are waited for where the objective is an async function.
    const isAsync =
      Object.prototype.toString.call(fn) === "[object AsyncFunction]";
    const launch = isAsync
      ? this.scope.main(async (base, ...args: A) => await run(base, args))
      : this.scope.main((base, ...args: A) => run(base, args));
    return launch as Launcher<A, M, R, Tracker>;
  }

  /**
   * Sorts trials, the best first. Failed ones come last; equal ones stay in their order.
   *
   * @param trials The trials.
   * @returns them, sorted.
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
   * Runs some trials; here one after the other.
   *
   * @param configs Their configs.
   * @param run Runs one of them.
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

  *#steps(
    base: ADict<T>,
    fn: Objective,
    args: unknown[],
  ): Generator<Action, R, unknown> {
    const scope = new TrialScope(this.scope, this.space);
    try {
      const tracker = this.tracker === undefined
        ? undefined
        : new TrialTracker(this.tracker, this.id);
      if (tracker !== undefined) yield () => tracker.open();
      const objective = (config: never) => fn(config, ...args);
      const runner = { scope, id: this.id, objective, tracker };
      const run = (config: object) => runTrial(runner, config);
      const search = this.search(base);
      let step = search.next();
      while (!step.done) {
        step = search.next(yield* this.evaluate(step.value, run as never));
      }
      return step.value;
    } finally {
      scope.restore();
    }
  }
}
