/** The runs of the trials of a study. This module loads a database. */
import { configAccess } from "../../internal/config_access.ts";
import {
  dbPathOf,
  giveUpTrial,
  projectNameOf,
  type SQLLogger,
  type SQLLoggerOptions,
  type TrackerConfig,
  uuidFrom,
} from "../../tracker/mod.ts";
import { SearchUsageError } from "../errors.ts";
import { describe } from "../_describe.ts";
import { keysOf } from "../spaces/_searched_leaves.ts";
import type { Job } from "../study/job.ts";
import type { Space } from "../spaces/space.ts";
import type { StudyObjective } from "./objective.ts";
import {
  type OpenTrials,
  runOf,
  trackedObjective,
  type TrackOrder,
} from "./_trial_run.ts";

/** What has to be known of a study to track its trials. */
export interface TrackedStudy<C> {
  readonly id: string;
  readonly metric: string;
  readonly space: Space<C>;
  /** Records that a run belongs to a trial. */
  link(trial: number, run: string): void;
}

/** Tracks the trials of a study. */
export class StudyTracking<C> {
  /** How threads track theirs. */
  readonly order: TrackOrder;
  readonly #study: TrackedStudy<C>;
  readonly #options: SQLLoggerOptions;
  readonly #open: OpenTrials = new Map();

  /**
   * @param study The study.
   * @param tracker A logger, or a config that names the project and the database.
   * @throws {SearchUsageError} If it is neither.
   * @throws {TrackerUsageError} If it names no project or no database.
   */
  constructor(study: TrackedStudy<C>, tracker: TrackerConfig | SQLLogger) {
    if (typeof tracker !== "object" || tracker === null) {
      throw new SearchUsageError(
        "tracker",
        `Cannot track the trials: tracker is ${
          describe(tracker)
        }; give an SQLLogger, or a config that names the project`,
      );
    }
    const isLogger = "logMetric" in tracker;
    const config = isLogger ? (tracker as SQLLogger).config : tracker;
    this.#options = isLogger ? (tracker as SQLLogger).options : {};
    this.#study = study;
    const { onError, synchronous, bufferSize, busyTimeout, snapshot } =
      this.#options;
    const sendable = {
      onError,
      synchronous,
      bufferSize,
      busyTimeout,
      snapshot,
    };
    this.order = {
      experiment: {
        projectName: projectNameOf(config),
        sql: { dbPath: dbPathOf(config) },
        ...plainExperiment(config),
      },
      options: Object.fromEntries(
        Object.entries(sendable).filter(([, value]) => value !== undefined),
      ),
      study: study.id,
      metric: study.metric,
      paths: study.space.dimensions.map(keysOf),
    };
  }

  /** Returns the objective for this thread. */
  wrap(objective: StudyObjective<C>): StudyObjective<C> {
    const order = { ...this.order, options: this.#options };
    return trackedObjective(objective, order, this.#open);
  }

  /**
   * Names where the runs of this process are. Machines that work on the same trial have runs of their own, which stay
   * apart when their files are merged.
   */
  place(host: string | undefined): string {
    const { sql } = this.order.experiment as {
      readonly sql: { readonly dbPath: string };
    };
    return uuidFrom(["ato-place", host ?? "", sql.dbPath]).slice(0, 8);
  }

  /** Returns the UUID of the run of a job. */
  runOf(job: Job<C>): string {
    return runOf(this.#study.id, job);
  }

  /** Writes to the journal which run is that of a job. */
  link(job: Job<C>): void {
    this.#study.link(job.trial, runOf(this.#study.id, job));
  }

  /** Ends the run of a job that failed, if its worker could not do it. */
  async giveUp(job: Job<C>, error: unknown, isEnd: boolean): Promise<void> {
    const open = this.#open.get(job.token);
    // Its objective still runs, and nothing waits for it.
    if (open !== undefined) return await open.fail(error, isEnd);
    await giveUpTrial(
      { experiment: this.order.experiment } as TrackerConfig,
      runOf(this.#study.id, job),
      { error, status: isEnd ? "interrupted" : "failed" },
    );
  }
}

function plainExperiment(config: TrackerConfig): object {
  const { experiment } = config as { readonly experiment?: object };
  return (configAccess(experiment)?.snapshot() ?? experiment ?? {}) as object;
}
