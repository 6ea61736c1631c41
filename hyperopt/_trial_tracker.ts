import type { ADict } from "../adict/mod.ts";
import { configAccess } from "../internal/config_access.ts";
import type {
  Run,
  SQLLogger,
  SQLLoggerOptions,
  TrackerConfig,
} from "../tracker/mod.ts";
import { RUN_SOURCE } from "../internal/run_source.ts";
import { SearchUsageError } from "./errors.ts";
import { describe } from "./_describe.ts";
import { rememberLogger } from "./trial_logger.ts";

/** The metric under which a trial's run keeps what the objective returned. */
const OBJECTIVE = "objective";

/** What is known of a trial that an earlier session ran. */
interface Known {
  readonly metric: number;
  readonly error?: unknown;
}

/** A run of the tracker for a trial that is running. */
export interface RunningTrial {
  /** Ends it with its metric. */
  end(metric: number): Promise<void>;
  /** Ends it as failed. */
  fail(error: unknown): Promise<void>;
}

/** The tracker, which loads a database. */
type Tracker = typeof import("../tracker/mod.ts");

/** Keeps each trial of a search as a run, and knows those of earlier sessions. */
export class TrialTracker {
  readonly #config: TrackerConfig;
  readonly #options: SQLLoggerOptions;
  readonly #tag: string;
  /** What is known, by the words of the trial; several where a trial ran several times. */
  readonly #known = new Map<string, Known[]>();

  constructor(tracker: TrackerConfig | SQLLogger, searchId: string) {
    if (typeof tracker !== "object" || tracker === null) {
      throw new SearchUsageError(
        "tracker",
        `Cannot track the trials: tracker is ${
          describe(tracker)
        }; give an SQLLogger, or a config that names the project`,
      );
    }
    const isLogger = "logMetric" in tracker;
    this.#config = isLogger ? (tracker as SQLLogger).config : tracker;
    this.#options = isLogger ? (tracker as SQLLogger).options : {};
    this.#tag = `search:${searchId}`;
  }

  /** Reads what earlier sessions of the search finished. */
  async open(): Promise<void> {
    // The database is loaded only where something is tracked.
    const { projectNameOf, SQLFinder } = await import("../tracker/mod.ts");
    const finder = new SQLFinder(this.#config);
    try {
      const project = projectNameOf(this.#config);
      for (const run of await finder.getRunsInProject(project)) {
        if (run.tags.includes(this.#tag)) await this.#read(run);
      }
    } finally {
      await finder.close();
    }
  }

  async #read(run: Run): Promise<void> {
    if (run.name === undefined) return;
    const metric = (await run.metrics.summary(OBJECTIVE))?.last;
    // What was told is told, even if the process died before it could end the run.
    if (metric !== undefined) this.#learn(run.name, { metric });
    else if (run.status === "failed") {
      const { name = "Error", message = "unknown" } = run.error ?? {};
      const error = Object.assign(new Error(message), { name });
      this.#learn(run.name, { metric: NaN, error });
    }
  }

  #learn(name: string, known: Known): void {
    const all = this.#known.get(name);
    if (all === undefined) this.#known.set(name, [known]);
    else all.push(known);
  }

  /** What an earlier session found out about a trial; each finding once. */
  recall(words: readonly string[]): Known | undefined {
    return this.#known.get(words.join(" "))?.shift();
  }

  /** Begins the run of a trial. */
  async begin(
    config: object,
    words: readonly string[],
  ): Promise<RunningTrial> {
    const tracker = await import("../tracker/mod.ts");
    const record = this.#recordOf(config as ADict, tracker);
    const logger = new tracker.SQLLogger(record, this.#options);
    await logger.run({
      name: words.join(" "),
      tags: ["hyperopt", this.#tag],
    });
    const forget = rememberLogger(config, logger);
    return {
      end: async (metric) => {
        forget();
        logger.logMetric(OBJECTIVE, metric);
        await logger.finish();
      },
      fail: async (error) => {
        forget();
        await logger.finish({ error });
      },
    };
  }

  /**
   * What the run is recorded by: the trial's config itself where it goes to the same place, since it
   * can tell which keys were read; its data otherwise.
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
