/** Opens the file for a run that starts or is resumed. */
import { absorbSpills } from "./_absorb.ts";
import type { FactorRecord } from "./_factor_record.ts";
import { writeFactors } from "./_factor_store.ts";
import type { LoggerSettings } from "./_logger_settings.ts";
import { findId, refuseAlive, repeatedId } from "./_logger_support.ts";
import { openDatabase } from "./_open_database.ts";
import { writeProgram } from "./_program_store.ts";
import { repeatedRun } from "./_repeat.ts";
import { RunFile } from "./_run_file.ts";
import {
  type NewRun,
  type Registered,
  registerRun,
  resumeRun,
} from "./_run_store.ts";
import type { TakenProgram } from "./_take_program.ts";
import { registerTrial } from "./_trial_attempt.ts";
import { messageOf } from "../internal/errors.ts";
import type { Connection, Driver } from "./driver.ts";
import type { RunOptions } from "./logger_options.ts";
import { transact } from "./retry.ts";

/** A run, and how to write it. */
export interface NewRunPlan {
  readonly settings: LoggerSettings;
  readonly driver: Driver;
  readonly run: NewRun;
  readonly options: RunOptions;
  /** Its program, if an earlier run of this process has recorded it. */
  readonly taken?: TakenProgram;
  /** Factors of its environment that are not known yet. */
  readonly late?: Promise<FactorRecord>;
}

/**
 * Opens the file, takes over the spill files beside it, and registers the run.
 *
 * @throws {StorageError} If the file cannot be written.
 * @throws {NewerSchemaError} If a newer Ato wrote it.
 * @throws {RangeError} If it does not have the run to resume.
 * @throws {Error} If the run to resume is still being logged.
 */
export function beginRun(plan: NewRunPlan): RunFile {
  const { settings, driver } = plan;
  const { timeout, now } = settings;
  const database = openDatabase(driver, settings);
  const { connection } = database;
  try {
    // First, so that what an earlier attempt of a run left is there when the run is resumed.
    takeUpSpills(connection, settings);
    const work = (): Registered => register(connection, plan);
    const run = transact(connection, { work, timeout });
    return new RunFile(database, run, { timeout, now });
  } catch (error) {
    connection.close();
    throw error;
  }
}

function takeUpSpills(connection: Connection, settings: LoggerSettings): void {
  const { path, timeout, warn } = settings;
  try {
    for (const refused of absorbSpills(connection, { path, timeout })) {
      warn(
        `Cannot read ${refused.path}: ${refused.reason}; it stays where it is, fix or remove it`,
      );
    }
  } catch (error) {
    warn(`Cannot read the spill files of ${path}: ${messageOf(error)}`);
  }
}

function register(connection: Connection, plan: NewRunPlan): Registered {
  const registered = registerPlan(connection, plan);
  const { taken } = plan;
  if (taken === undefined) return registered;
  if ("program" in taken) writeProgram(connection, registered, taken.program);
  else writeFactors(connection, registered, [taken.factors]);
  return registered;
}

function registerPlan(connection: Connection, plan: NewRunPlan): Registered {
  const { run, options: { parent, resume, trial } } = plan;
  if (trial !== undefined) return registerTrial(connection, run, trial);
  if (resume !== undefined) {
    const runId = findId(connection, resume.run);
    refuseAlive(connection, runId);
    return resumeRun(connection, { runId, step: resume.step, run });
  }
  const parentId = parent === undefined
    ? repeatedId(connection, repeatedRun())
    : findId(connection, parent);
  return registerRun(connection, { ...run, parentId });
}
