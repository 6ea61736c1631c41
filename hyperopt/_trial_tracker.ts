import type { ADict } from "../adict/mod.ts";
import { configAccess } from "../internal/config_access.ts";
import type {
  Run,
  SQLLogger,
  SQLLoggerOptions,
  TrackerConfig,
} from "../tracker/mod.ts";
import { RUN_SOURCE } from "../internal/run_source.ts";
import { TRIAL_TAG } from "../internal/trial_tag.ts";
import { SearchUsageError } from "./errors.ts";
import { describe } from "./_describe.ts";
import { KeptSearch } from "./_kept_search.ts";
import type { TrackedSearch } from "./_search_journal.ts";
import type { Outcome } from "./study/job.ts";
import { trackerParts } from "./_tracker_parts.ts";
import { rememberLogger } from "./trial_logger.ts";

/** The metric of a trial's run that holds what the objective returned. */
export const OBJECTIVE = "objective";

/** The result of a trial that an earlier session ran. */
export interface Recalled {
  readonly metric: number;
  readonly error?: unknown;
  /** The run that has it. */
  readonly run?: string;
}

/** The run of a running trial. */
export interface RunningTrial {
  /** The UUID of the run. */
  readonly run?: string;
  /** Finishes the run with the metric. */
  end(metric: number): Promise<void>;
  /** Finishes the run as failed. */
  fail(error: unknown): Promise<void>;
}

/** The tracker, which loads a database. */
type Tracker = typeof import("../tracker/mod.ts");

/** Stores each trial of a search as a run and in the journal, and knows the trials of earlier sessions. */
export class TrialTracker {
  readonly #config: TrackerConfig;
  readonly #options: SQLLoggerOptions;
  readonly #tag: string;
  readonly #search: KeptSearch;
  /** The known results by the words of the trial; there are several if a trial ran several times. */
  readonly #known = new Map<string, Recalled[]>();

  constructor(
    tracker: TrackerConfig | SQLLogger,
    search: Omit<TrackedSearch, "metric">,
  ) {
    if (typeof tracker !== "object" || tracker === null) {
      throw new SearchUsageError(
        "tracker",
        `Cannot track the trials: tracker is ${
          describe(tracker)
        }; give an SQLLogger, or a config that names the project`,
      );
    }
    const { config, options } = trackerParts(tracker);
    this.#config = config;
    this.#options = options;
    const kept = { ...search, metric: OBJECTIVE };
    this.#search = new KeptSearch(kept, this.#config, this.#options);
    this.#tag = `search:${search.id}`;
  }

  /**
   * Reads the trials that earlier sessions of the search finished.
   *
   * @param isSearch Whether the file keeps the search, too, and not only its trials.
   */
  async open(isSearch: boolean): Promise<void> {
    // The database is loaded only if trials are tracked.
    const { projectNameOf, SQLFinder } = await import("../tracker/mod.ts");
    if (isSearch) await this.#search.open();
    const { own, others } = await this.#search.runs();
    const finder = new SQLFinder(this.#config);
    try {
      const project = projectNameOf(this.#config);
      for (const run of await finder.getRunsInProject(project)) {
        const { uuid = "" } = run;
        const isTagged = run.tags.includes(this.#tag) && !others.has(uuid);
        if (isTagged || own.has(uuid)) await this.#read(run);
      }
    } finally {
      await finder.close();
    }
  }

  async #read(run: Run): Promise<void> {
    if (run.name === undefined) return;
    const metric = (await run.metrics.summary(OBJECTIVE))?.last;
    const of = run.uuid === undefined ? {} : { run: run.uuid };
    // A metric that was logged counts, even if the process died before it finished the run.
    if (metric !== undefined) this.#learn(run.name, { metric, ...of });
    else if (run.status === "failed") {
      const { name = "Error", message = "unknown" } = run.error ?? {};
      const error = Object.assign(new Error(message), { name });
      this.#learn(run.name, { metric: NaN, error, ...of });
    }
  }

  #learn(name: string, known: Recalled): void {
    const all = this.#known.get(name);
    if (all === undefined) this.#known.set(name, [known]);
    else all.push(known);
  }

  /**
   * Returns the result of a trial in an earlier session; each result once.
   *
   * @param config The config that was chosen.
   * @param words The words that set it.
   */
  recall(config: object, words: readonly string[]): Recalled | undefined {
    const known = this.#known.get(words.join(" "))?.shift();
    if (known === undefined) return undefined;
    this.#search.recall(config, outcomeOf(known), known.run);
    return known;
  }

  /**
   * Starts the run of a trial.
   *
   * @param chosen The config that was chosen.
   * @param config The config of the trial, with all other keys.
   * @param words The words that set it.
   */
  async begin(
    chosen: object,
    config: object,
    words: readonly string[],
  ): Promise<RunningTrial> {
    const tracker = await import("../tracker/mod.ts");
    const record = this.#recordOf(config as ADict, tracker);
    const logger = new tracker.SQLLogger(record, this.#options);
    const trial = this.#search.begin(chosen);
    try {
      await logger.run({
        name: words.join(" "),
        tags: [TRIAL_TAG, this.#tag],
      });
    } catch (error) {
      trial.end({ error });
      throw error;
    }
    const run = logger.runUuid;
    if (run !== undefined) trial.link(run);
    const forget = rememberLogger(config, logger);
    return {
      ...(run !== undefined && { run }),
      end: async (metric) => {
        forget();
        logger.logMetric(OBJECTIVE, metric);
        await logger.finish();
        trial.end(outcomeOf({ metric }));
      },
      fail: async (error) => {
        forget();
        await logger.finish({ error });
        trial.end({ error });
      },
    };
  }

  /**
   * Closes the search.
   *
   * @param isDone Whether it has its result.
   */
  close(isDone: boolean): void {
    this.#search.close(isDone);
  }

  /**
   * Returns the config that the run stores: the trial's config itself if it names the same project and
   * database, since it knows which keys were read; otherwise its data.
   */
  #recordOf(
    config: ADict,
    { dbPathOf, projectNameOf }: Tracker,
  ): TrackerConfig {
    const isSame = config.has("experiment") &&
      dbPathOf(config) === dbPathOf(this.#config) &&
      projectNameOf(config) === projectNameOf(this.#config);
    if (isSame) return config;
    const { experiment } = this.#config as { readonly experiment?: object };
    const record = {
      ...config.toObject(),
      experiment:
        (configAccess(experiment)?.snapshot() ?? experiment) as object,
      [RUN_SOURCE]: (config as { readonly [RUN_SOURCE]?: unknown })[RUN_SOURCE],
    };
    return record as TrackerConfig;
  }
}

function outcomeOf({ metric, error }: Recalled): Outcome {
  return error === undefined ? { metrics: { [OBJECTIVE]: metric } } : { error };
}
