import { fstatSync } from "node:fs";
import { resolve } from "node:path";
import process from "node:process";
import { attempt } from "../../internal/attempt.ts";
import {
  type AnnouncedRun,
  SYNC_VARIABLE,
} from "../../internal/launch_note.ts";
import { RUN_SOURCE } from "../../internal/run_source.ts";
import {
  Collector,
  type Launch,
  makeLaunch,
  removeStaleLaunches,
  standardInput,
} from "../../observe/mod.ts";
import { SQLLogger } from "../../tracker/mod.ts";
import { announcedRuns } from "./announced_runs.ts";
import { historyOfWords, readCommand } from "./command_config.ts";
import { type ObservedSource, observedSource } from "./observed_source.ts";
import { scriptProgram } from "./script_program.ts";
import { scriptSource } from "./script_source.ts";

/** A run that is about to start. */
export interface LaunchedRun {
  /** Writes it. */
  readonly logger: SQLLogger;
  /** How its program is started. */
  readonly launch: Launch;
  /** What is known of it. */
  readonly source: ObservedSource;
  /** Collects what is observed. */
  readonly collector: Collector;
  /** Reads the runs that the program recorded itself. */
  announced(): AnnouncedRun[];
}

/**
 * Prepares the run of a command.
 *
 * @param command The program and its words.
 * @param options The database, the project, and whether the program is observed.
 */
export async function launchRun(
  command: readonly string[],
  { path, projectName, isObserved, sync = [] }: {
    readonly path: string;
    /** Where the run, and runs that the program records itself, are sent. */
    readonly sync?: readonly string[];
    readonly projectName: string;
    readonly isObserved: boolean;
  },
): Promise<LaunchedRun> {
  const config = readCommand(command);
  const history = historyOfWords(config);
  const program = scriptProgram(command);
  const launch = await makeLaunch({ command, env: process.env, isObserved });
  const collector = new Collector({
    observations: launch.observations,
    reason: launch.reason,
    command,
    config,
    history,
    program,
    env: process.env,
    without: [resolve(path), launch.folder],
    standardInput: standardInput(),
    isPiped: isPiped(),
  });
  const source = observedSource(
    scriptSource(command, { history, program }),
    collector,
    { isObserved: launch.reason === undefined },
  );
  const experiment = {
    projectName,
    sql: { dbPath: path },
    ...(sync.length > 0 && { sync }),
  };
  const described = { ...config, experiment, [RUN_SOURCE]: source };
  const logger = new SQLLogger(described);
  removeStaleLaunches();
  return {
    logger,
    launch: sync.length === 0 ? launch : {
      ...launch,
      env: { ...launch.env, [SYNC_VARIABLE]: JSON.stringify(sync) },
    },
    source,
    collector,
    announced: () => announcedRuns(launch.runs),
  };
}

/** Whether the standard input, which the program gets, is a pipe or a socket. */
function isPiped(): boolean {
  const state = attempt(() => fstatSync(0));
  return state === undefined || state.isFIFO() || state.isSocket();
}
