import { SearchUsageError } from "../errors.ts";
import { checkMethods, checkSettings } from "../_settings.ts";
import { describe } from "../_describe.ts";
import type { SQLLogger, TrackerConfig } from "../../tracker/mod.ts";
import type { SearchBackend } from "../distributed/backend.ts";
import { checkOptions, type StudyOptions } from "../study/options.ts";
import type { Study } from "../study/study.ts";
import type { StudyView } from "../study/study_view.ts";
import type { StudyObjective } from "../workers/objective.ts";
import type { JobEnd } from "../workers/run_study.ts";
import {
  connectSearch,
  searchVariable,
  workersVariable,
} from "./connect_search.ts";
import { SharedRun } from "./_shared_run.ts";

/** What is searched, and how; see {@linkcode StudyOptions}. The engine has the journal, the clock and the leases. */
export type SharedStudySettings<C> = Omit<
  StudyOptions<C>,
  "id" | "journal" | "clock" | "lease"
>;

/** Options for {@linkcode runSharedStudy}. */
export interface RunSharedStudyOptions<C> {
  /**
   * The id of the search, the same in every process.
   *
   * @default {that of the backend, or the environment variable `ATO_SEARCH`}
   */
  readonly id?: string;
  /**
   * The address of the engine that all processes can reach, e.g. `redis://host:6379`.
   *
   * @default {the environment variable `ATO_WORKERS`}
   */
  readonly engine?: string;
  /**
   * A connection to the engine, instead of its address. The search does not close it.
   *
   * @default {a connection to `engine`}
   */
  readonly backend?: SearchBackend;
  /**
   * The seconds after which the job of a silent process goes to another one; only with `engine`. An objective that is
   * a function and computes for longer without a pause is taken for silent: give a module, which runs in a thread.
   *
   * @default {30}
   */
  readonly lease?: number;
  /**
   * The number of trials that run at the same time in this process. With 0 it only decides.
   *
   * @default {1}
   */
  readonly workers?: number;
  /**
   * The name of the export that is the objective, if the objective is in a module.
   *
   * @default {"objective"}
   */
  readonly name?: string;
  /**
   * Whether this process may decide for all. One process at a time does; if it dies, another one goes on.
   *
   * @default {true}
   */
  readonly decides?: boolean;
  /**
   * The version of the script. Processes with another version are refused.
   *
   * @default {the hash of the text of the script, and of the objective's module}
   */
  readonly version?: string;
  /**
   * Called whenever this process begins to decide, e.g. to enqueue configs. What was enqueued before is not enqueued
   * again.
   *
   * @default {nothing is called}
   */
  readonly begin?: (study: Study<C>) => void;
  /**
   * Called when a job has ended in this process. An error that it throws ends the search here.
   *
   * @default {nothing is called}
   */
  readonly onEnd?: (end: JobEnd<C>) => void;
  /**
   * Ends the search in this process: its jobs go to others.
   *
   * @default {none}
   */
  readonly signal?: AbortSignal;
  /**
   * The seconds that objectives have to end after their `signal` was aborted.
   *
   * @default {10}
   */
  readonly grace?: number;
  /**
   * Stores each trial as a run of the tracker, in the database of this process: a logger, or a config. The rungs of a
   * trial that run on the same machine are in one run.
   *
   * @default {trials are not tracked}
   */
  readonly tracker?: TrackerConfig | SQLLogger;
  /**
   * The file that gets a copy of the study, for `ato search` and the dashboard: a path, or a config that names it.
   *
   * @default {that of `tracker`}
   */
  readonly db?: string | TrackerConfig;
  /**
   * How many jobs wait in the queue for the workers. More of them keep quick workers busy; fewer let the sampler know
   * more when it chooses.
   *
   * @default {a quarter of the number of workers}
   */
  readonly buffer?: number;
  /**
   * The seconds for which the process tries to reach an engine that does not answer.
   *
   * @default {600}
   */
  readonly patience?: number;
}

/**
 * Runs a study together with other processes, on this and on other machines, which share an engine. Start the same
 * script on each of them, in any order, at any time. One process decides which trial runs next; any of them can take
 * that over. Every process runs trials, and gets the same result at the end.
 *
 * Each result counts once: a process that was silent for longer than its lease, e.g. because its machine was
 * suspended, loses its job to another one, and what it tells later is refused. If all processes end, those that are
 * started later go on. SIGTERM and SIGINT give the running jobs back at once, and end the process after the grace
 * period.
 *
 * Checkpoints are handed over by their URI: store them where all machines can read them.
 *
 * @param settings Returns what is searched, and how: with a new sampler and a new scheduler each time, since it is
 * called whenever this process begins to decide.
 * @param objective The objective, or the URL of a module that exports it; see {@linkcode runStudy}.
 * @param options The engine, the number of workers, and callbacks.
 * @returns the study at the end of the search, or when this process left it.
 * @throws {SearchUsageError} If an option cannot work, or the processes of the search have other settings, another
 * version of the script, or another version of Ato.
 *
 * @example
 * ```ts
 * import { asha, defineSpace, float, InProcessBackend, randomSampler, runSharedStudy } from "@ato/ato/hyperopt";
 * import { assertEquals } from "@std/assert";
 *
 * const space = defineSpace({ lr: float(1e-4, 1, { log: true }) });
 * const shared = new InProcessBackend({ searchId: "two" });
 * const views = await Promise.all([0, 1].map(() =>
 *   runSharedStudy(() => ({
 *     space,
 *     sampler: randomSampler(space),
 *     scheduler: asha({ minFidelity: 1, maxFidelity: 9, trials: 9 }),
 *     metric: "loss",
 *     mode: "min",
 *   }), ({ config, to }) => Math.abs(Math.log10(config.lr) + 2) / to, { backend: shared.connect() })
 * ));
 * assertEquals(views[0]!.trials.length, 9);
 * assertEquals(views[0]!.best, views[1]!.best);
 * ```
 */
export async function runSharedStudy<C>(
  settings: () => SharedStudySettings<C>,
  objective: StudyObjective<C> | string | URL,
  options: RunSharedStudyOptions<C> = {},
): Promise<StudyView<C>> {
  checkShared(settings, objective, options);
  const id = idOf(options);
  // The settings are checked before anything is connected.
  const first = settings();
  const checked = checkOptions({ ...first, id });
  const { lease } = options;
  const backend = options.backend ?? await connectSearch(addressOf(options), {
    searchId: id,
    ...(lease !== undefined && { lease: Math.ceil(1000 * lease) }),
  });
  try {
    const run = new SharedRun({
      backend,
      settings,
      first,
      checked,
      objective,
      options,
    });
    return await run.run();
  } finally {
    if (options.backend === undefined) await backend.close();
  }
}

/** `ato worker`, which names the search, names its engine, too. */
function addressOf<C>(
  { engine }: RunSharedStudyOptions<C>,
): string | undefined {
  return searchVariable() === undefined ? engine : workersVariable() ?? engine;
}

function idOf<C>({ id, backend }: RunSharedStudyOptions<C>): string {
  const found = backend?.searchId ?? searchVariable() ?? id;
  if (typeof found === "string" && found !== "") return found;
  throw new SearchUsageError(
    "id",
    "Cannot share a study: it has no id; give one that all processes have, or set ATO_SEARCH",
  );
}

/** Checks arguments, since plain JavaScript may pass anything. */
function checkShared(
  settings: unknown,
  objective: unknown,
  options: unknown,
): void {
  const action = "share a study";
  checkSettings<RunSharedStudyOptions<unknown>>(action, options, {
    id: true,
    engine: true,
    backend: true,
    lease: true,
    workers: true,
    name: true,
    decides: true,
    version: true,
    begin: true,
    onEnd: true,
    signal: true,
    grace: true,
    tracker: true,
    db: true,
    buffer: true,
    patience: true,
  });
  const refuse = (setting: string, what: string) => {
    throw new SearchUsageError(setting, `Cannot ${action}: ${what}`);
  };
  if (typeof settings !== "function") {
    const what = describe(settings);
    refuse(
      "settings",
      `settings is ${what}; give a function that returns a space, a new sampler and a new scheduler`,
    );
  }
  const isObjective = typeof objective === "function" ||
    typeof objective === "string" || objective instanceof URL;
  if (!isObjective) {
    const what = describe(objective);
    refuse(
      "objective",
      `the objective is ${what}; give a function, or the URL of a module that exports one`,
    );
  }
  const given = options as RunSharedStudyOptions<unknown>;
  const least = { workers: 0, grace: 0, buffer: 0, patience: 0, lease: 0.001 };
  for (const [name, from] of Object.entries(least)) {
    const value = given[name as keyof typeof least];
    const isWhole = name === "workers" || name === "buffer";
    if (
      value === undefined ||
      value >= from && (!isWhole || Number.isSafeInteger(value))
    ) continue;
    const kind = isWhole ? "a whole number" : "a number of seconds";
    refuse(name, `${name} is ${describe(value)}; give ${kind} from ${from} up`);
  }
  if (given.decides === false && given.workers === 0) {
    refuse(
      "workers",
      "a process with 0 workers that does not decide has nothing to do; give workers",
    );
  }
  if (given.backend === undefined) return;
  checkMethods(action, "backend", given.backend, {
    methods: ["searchId", "journal", "journalNamed", "lock", "publish", "take"],
    give: "a connection to an engine, or its address as engine",
  });
}
