/**
 * The attempts of a trial of a search. They are in one run, and what an attempt logs counts when it ends as
 * completed: an attempt that fails, or ends with its process, leaves no value behind.
 */
import { drainTail, refreshSeries } from "./_rebuild.ts";
import {
  beginAttempt,
  type NewRun,
  type Registered,
  registerRun,
} from "./_run_store.ts";
import { refuseAlive } from "./_logger_support.ts";
import { identifyProcess } from "../internal/process_identity.ts";
import type { Connection } from "./driver.ts";

/** A step below all others: nothing of a series that is cut there counts. */
const NOTHING = Number.MIN_SAFE_INTEGER;

/** An attempt of a trial. */
export interface TrialAttempt {
  /** The UUID of the trial's run. */
  readonly uuid: string;
  /**
   * Whether the attempt begins again at the first step: when it completes, it replaces what earlier attempts
   * logged. Otherwise it goes on after their last step.
   */
  readonly restarts: boolean;
}

/** Starts the run of a trial, or continues it if the file has it. */
export function registerTrial(
  connection: Connection,
  run: NewRun,
  { uuid, restarts }: TrialAttempt,
): Registered {
  const row = connection.prepare(
    `SELECT id, status, attempt, project_id FROM experiments WHERE uuid = ?`,
  ).get(uuid);
  if (row === undefined) {
    return registerRun(connection, { ...run, uuid, parentId: null });
  }
  const runId = Number(row["id"]);
  refuseOther(connection, runId);
  const before = Number(row["attempt"]);
  drainTail(connection, runId);
  if (row["status"] !== "completed") dropAttempt(connection, runId, before);
  connection.prepare("UPDATE series SET closed = 1 WHERE run_id = ?")
    .run(runId);
  const registered = {
    runId,
    projectId: Number(row["project_id"]),
    attempt: before + 1,
    uuid,
  };
  connection.prepare(
    `UPDATE experiments SET status = 'running', end_time = NULL, error = NULL,
       attempt = attempt + 1, deleted_at = NULL WHERE id = ?`,
  ).run(runId);
  const last = restarts ? undefined : lastStep(connection, runId);
  beginAttempt(connection, { registered, run, fromStep: last ?? null });
  return { ...registered, nextStep: (last ?? -1) + 1 };
}

/** A thread of this process may have left the run open; a run of another process that is alive has a writer. */
function refuseOther(connection: Connection, runId: number): void {
  const { pid, bootId, pidStart } = identifyProcess();
  const own = connection.prepare(
    `SELECT 1 AS found FROM run_state WHERE run_id = ? AND pid = ? AND boot_id IS ? AND pid_start IS ?`,
  ).get(runId, pid, bootId, pidStart);
  if (own === undefined) refuseAlive(connection, runId);
}

function lastStep(connection: Connection, runId: number): number | undefined {
  const row = connection.prepare(
    "SELECT max(last_step) AS last FROM series WHERE run_id = ? AND count > 0",
  ).get(runId);
  return row?.["last"] == null ? undefined : Number(row["last"]);
}

/**
 * Ends an attempt: either it counts, or nothing of it does.
 *
 * @returns whether it is the newest attempt; otherwise its end is not that of the run, and it does not count.
 */
export function endAttempt(
  connection: Connection,
  { runId, attempt }: Pick<Registered, "runId" | "attempt">,
  { counts, restarts }: {
    readonly counts: boolean;
    readonly restarts: boolean;
  },
): boolean {
  const newest = connection.prepare(
    "SELECT attempt FROM experiments WHERE id = ?",
  ).get(runId);
  const isNewest = Number(newest?.["attempt"]) === attempt;
  if (!counts || !isNewest) dropAttempt(connection, runId, attempt);
  else if (restarts) cut(connection, runId, "attempt < ?", attempt);
  return isNewest;
}

/** Drops what an attempt logged; what earlier attempts logged is the last that counts again. */
function dropAttempt(
  connection: Connection,
  runId: number,
  attempt: number,
): void {
  drainTail(connection, runId);
  cut(connection, runId, "attempt = ?", attempt);
  connection.prepare(
    `UPDATE series AS s SET latest = coalesce(s.attempt = (SELECT max(o.attempt) FROM series o
       WHERE o.run_id = s.run_id AND o.key = s.key AND o.count > 0), 0) WHERE s.run_id = ?`,
  ).run(runId);
}

function cut(
  connection: Connection,
  runId: number,
  which: string,
  attempt: number,
): void {
  const rows = connection.prepare(
    `SELECT id FROM series WHERE run_id = ? AND ${which}`,
  ).all(runId, attempt);
  for (const { id } of rows) {
    connection.prepare(
      "UPDATE series SET cut_step = ?, closed = 1 WHERE id = ?",
    ).run(NOTHING, id!);
    refreshSeries(connection, Number(id));
  }
}

/**
 * Ends the run of a trial whose worker cannot do it any more. A run that has ended stays as it is.
 *
 * @returns whether it was running.
 */
export function giveUp(
  connection: Connection,
  uuid: string,
  end: { readonly status: string; readonly error: string; readonly at: string },
): boolean {
  const row = connection.prepare(
    "SELECT id, attempt FROM experiments WHERE uuid = ? AND status = 'running'",
  ).get(uuid);
  if (row === undefined) return false;
  const runId = Number(row["id"]);
  dropAttempt(connection, runId, Number(row["attempt"]));
  connection.prepare(
    "UPDATE experiments SET status = ?, error = ?, end_time = ? WHERE id = ?",
  ).run(end.status, end.error, end.at, runId);
  return true;
}
