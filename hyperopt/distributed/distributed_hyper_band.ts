import type { ADict } from "../../adict/mod.ts";
import { type Action, drive } from "../_drive.ts";
import { SearchUsageError } from "../errors.ts";
import { checkMethods, checkSettings } from "../_settings.ts";
import { HyperBand, type HyperBandOptions } from "../hyper_band.ts";
import type { HyperBandResult } from "../hyper_band_result.ts";
import type {
  RunTrial,
  Search,
  SearchableScope,
  SearchTracker,
  TrialConfig,
} from "../hyper_opt.ts";
import type { SpaceInput } from "../spaces/define_space.ts";
import { describe } from "../_describe.ts";
import { Mirror } from "../study/_mirror.ts";
import { storageOf, trackerParts } from "../_tracker_parts.ts";
import type { Trial } from "../trial.ts";
import { OBJECTIVE } from "../_trial_tracker.ts";
import type { SearchBackend } from "./backend.ts";
import { Batches, type RankOptions } from "./_batches.ts";
import { encode } from "./_messages.ts";
import { SearchCopy } from "./_search_copy.ts";

/** Options for {@linkcode DistributedHyperBand}. */
export interface DistributedHyperBandOptions
  extends Omit<HyperBandOptions, "id"> {
  /** The number of this rank, from 0. */
  readonly rank: number;
  /** The number of ranks. */
  readonly worldSize: number;
  /** The connection of this rank to the shared queue and journal. */
  readonly backend: SearchBackend;
  /**
   * The number of ranks that may die while they run a trial; after that the trial counts as failed.
   *
   * @default {3}
   */
  readonly maxAttempts?: number;
}

/**
 * A {@linkcode HyperBand} whose trials run on several ranks: processes or machines that share a
 * {@linkcode SearchBackend}. A free rank takes the next trial, and all ranks end with the same result, which is
 * that of a `HyperBand` alone.
 *
 * If a rank dies, its lease ends and another rank runs its trial. A rank that starts late or again reads the
 * state of the search from the journal; the search also continues from there if all ranks died. Ranks in one
 * process need a scope each.
 *
 * @example
 * ```ts
 * import { DistributedHyperBand, InProcessBackend, int } from "@ato/ato/hyperopt";
 * import { Scope } from "@ato/ato/scope";
 * import { assertEquals } from "@std/assert";
 *
 * const shared = new InProcessBackend();
 * const ranks = [0, 1].map((rank) => {
 *   const hyperband = new DistributedHyperBand(
 *     new Scope({ argv: [] }),
 *     { width: int(1, 8, { grid: 8 }) },
 *     { halvingRate: 0.5, numMinSamples: 2, rank, worldSize: 2, backend: shared.connect() },
 *   );
 *   return hyperband.main((config) => config.width)();
 * });
 * const [a, b] = await Promise.all(ranks);
 * assertEquals([a!.config.width, b!.config.width], [8, 8]);
 * ```
 */
export class DistributedHyperBand<
  T extends object,
  const S extends SpaceInput,
> extends HyperBand<T, S, SearchTracker> {
  /** The number of this rank. */
  readonly rank: number;
  /** The number of ranks. */
  readonly worldSize: number;
  readonly #options: RankOptions;
  /** The shared batches; `undefined` if a trial is repeated, which concerns only this rank. */
  #batches: Batches | undefined;

  /**
   * Makes the part of a search that this rank runs.
   *
   * @param scope The scope whose configs are searched.
   * @param searchSpaces The parameters; each number must have a grid.
   * @param options The options of `HyperBand`, the rank and the backend.
   * @throws {SpaceError} If a parameter cannot be searched, or has no grid.
   * @throws {SearchUsageError} If an option is out of range.
   */
  constructor(
    scope: SearchableScope<T>,
    searchSpaces: S,
    options: DistributedHyperBandOptions,
  ) {
    checkDistributed(options);
    const { rank, worldSize, backend, maxAttempts = 3, ...rest } = options;
    checkRank(rank, worldSize, maxAttempts);
    super(scope, searchSpaces, { ...rest, id: backend.searchId });
    this.rank = rank;
    this.worldSize = worldSize;
    this.#options = {
      rank,
      worldSize,
      backend,
      maxAttempts,
      settings: encode({
        space: this.space.dimensions,
        halvingRate: this.halvingRate,
        numMinSamples: this.numMinSamples,
        mode: this.mode,
      }),
    };
  }

  /** Whether this is the first rank, e.g. the one that prints the result. */
  get isRoot(): boolean {
    return this.rank === 0;
  }

  /**
   * Runs the rungs, from the start or from the state in the journal.
   *
   * @param config The scope's config before the search.
   * @returns the steps of the search.
   */
  protected override *search(
    config: ADict<T>,
  ): Search<T, S, HyperBandResult<TrialConfig<T, S>>> {
    this.#batches = config.has("__num_halved__")
      ? undefined
      : new Batches({ ...this.#options, ...this.#copy() });
    return yield* super.search(config);
  }

  /** Returns the copy of the search in the tracker's file, if there is a tracker. */
  #copy(): Pick<RankOptions, "copy"> {
    if (this.tracker === undefined) return {};
    const { config, options } = trackerParts(this.tracker);
    const { id, space, mode, method } = this;
    const search = { id, space, mode, metric: OBJECTIVE, ...method };
    const mirror = new Mirror(config, id, storageOf(options));
    return { copy: new SearchCopy(search, mirror) };
  }

  /**
   * Runs trials together with the other ranks.
   *
   * @param configs The configs of the trials.
   * @param run Runs one trial on this rank.
   * @returns the trials, in the order of `configs`.
   */
  protected override *evaluate(
    configs: readonly object[],
    run: RunTrial<TrialConfig<T, S>>,
  ): Generator<Action, readonly Trial<TrialConfig<T, S>>[], unknown> {
    const batches = this.#batches;
    if (batches === undefined) return yield* super.evaluate(configs, run);
    const runHere = async (config: object) => await drive(run(config));
    const trials = yield () => batches.run(configs, runHere as never);
    return trials as readonly Trial<TrialConfig<T, S>>[];
  }

  /** The journal of the search is in the backend: the file of a rank has a copy of it, and the runs of that rank alone. */
  protected override get isShared(): boolean {
    return true;
  }

  /** Tells those who follow the search that it has ended. */
  protected override *settle(): Generator<Action, void, unknown> {
    const batches = this.#batches;
    if (batches !== undefined) yield () => batches.end();
  }
}

function checkDistributed(options: unknown): void {
  const action = "share a search";
  checkSettings<DistributedHyperBandOptions>(action, options ?? null, {
    halvingRate: true,
    numMinSamples: true,
    mode: true,
    tracker: true,
    rank: true,
    worldSize: true,
    backend: true,
    maxAttempts: true,
  });
  const { backend } = options as DistributedHyperBandOptions;
  checkMethods(action, "backend", backend, {
    methods: [
      "searchId",
      "lease",
      "journal",
      "journalNamed",
      "lock",
      "now",
      "publish",
      "take",
      "drop",
      "close",
    ],
    give:
      "a connection to the shared queue and journal, such as new InProcessBackend().connect()",
  });
}

function checkRank(rank: number, worldSize: number, maxAttempts: number): void {
  if (!Number.isInteger(worldSize) || worldSize < 1) {
    throw new SearchUsageError(
      "worldSize",
      `Cannot share a search among ${
        describe(worldSize)
      } ranks: worldSize is a whole number from 1 up`,
    );
  }
  if (!Number.isInteger(rank) || rank < 0 || rank >= worldSize) {
    throw new SearchUsageError(
      "rank",
      `Cannot be rank ${
        describe(rank)
      } of ${worldSize}: rank is a whole number from 0 to ${worldSize - 1}`,
    );
  }
  if (!Number.isInteger(maxAttempts) || maxAttempts < 1) {
    throw new SearchUsageError(
      "maxAttempts",
      `Cannot try a trial ${
        describe(maxAttempts)
      } times: maxAttempts is a whole number from 1 up`,
    );
  }
}
