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
import { rememberLogger } from "./trial_logger.ts";

/** The metric of a trial's run that holds what the objective returned. */
const OBJECTIVE = "objective";

/** The result of a trial that an earlier session ran. */
interface Known {
  readonly metric: number;
  readonly error?: unknown;
}

/** The run of a running trial. */
export interface RunningTrial {
  /** Finishes the run with the metric. */
  end(metric: number): Promise<void>;
  /** Finishes the run as failed. */
  fail(error: unknown): Promise<void>;
}

/** The tracker, which loads a database. */
type Tracker = typeof import("../tracker/mod.ts");

/** Stores each trial of a search as a run, and knows the trials of earlier sessions. */
export class TrialTracker {
  readonly #config: TrackerConfig;
  readonly #options: SQLLoggerOptions;
  readonly #tag: string;
  /** The known results by the words of the trial; there are several if a trial ran several times. */
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

  /** Reads the trials that earlier sessions of the search finished. */
  async open(): Promise<void> {
    // The database is loaded only if trials are tracked.
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
    // A metric that was logged counts, even if the process died before it finished the run.
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

  /** Returns the result of a trial in an earlier session; each result once. */
  recall(words: readonly string[]): Known | undefined {
    return this.#known.get(words.join(" "))?.shift();
  }

  /** Starts the run of a trial. */
  async begin(
    config: object,
    words: readonly string[],
  ): Promise<RunningTrial> {
    const tracker = await import("../tracker/mod.ts");
    const record = this.#recordOf(config as ADict, tracker);
    const logger = new tracker.SQLLogger(record, this.#options);
    await logger.run({
      name: words.join(" "),
      tags: [TRIAL_TAG, this.#tag],
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
