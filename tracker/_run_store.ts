/** Writes everything about a run except its metrics. */
import { writeDeep } from "./_deep_store.ts";
import type { FactorRecord } from "./_factor_record.ts";
import { writeFactors } from "./_factor_store.ts";
import { fillRun } from "./_fill_factors.ts";
import { encodeJson } from "../internal/json.ts";
import { drainTail, refreshSeries } from "./_rebuild.ts";
import type { ProcessIdentity } from "../internal/process_identity.ts";
import { toTimeText } from "./_times.ts";
import { toStorable } from "./_storable_text.ts";
import type { Connection, SqlValue } from "./driver.ts";
import type { CodeRecord, OutputRecord } from "../internal/run_source.ts";

/** The description of a run when it starts. */
export interface NewRun {
  readonly uuid: string;
  readonly project: string;
  readonly config: string;
  readonly configTypes: string | null;
  readonly structuralHash: string | null;
  readonly tags: string;
  readonly name: string | null;
  readonly notes: string | null;
  readonly parentId: number | null;
  readonly seed: string | null;
  readonly startedAt: number;
  readonly provenance: string | null;
  readonly environment: string;
  readonly process: ProcessIdentity;
  /** The factors that were known when it started; a spill file of an earlier version has none. */
  readonly factors?: readonly FactorRecord[];
}

/** A run that is registered in a file. */
export interface Registered {
  readonly runId: number;
  readonly projectId: number;
  readonly attempt: number;
  readonly uuid: string;
  /** The step of the first point, if a trial is continued. */
  readonly nextStep?: number;
}

function projectId(connection: Connection, name: string, at: number): number {
  connection.prepare(
    "INSERT INTO projects (name, created_at) VALUES (?, ?) ON CONFLICT (name) DO NOTHING",
  ).run(name, toTimeText(at));
  return Number(
    connection.prepare("SELECT id FROM projects WHERE name = ?").get(
      name,
    )!["id"],
  );
}

/** Writes a new run. */
export function registerRun(connection: Connection, run: NewRun): Registered {
  const project = projectId(connection, run.project, run.startedAt);
  const sql =
    `INSERT INTO experiments (project_id, config, structural_hash, tags, status, start_time,
    uuid, name, notes, parent_id, attempt, seed) VALUES (?, ?, ?, ?, 'running', ?, ?, ?, ?, ?, 1, ?)
    RETURNING id`;
  const row = connection.prepare(sql).get(
    project,
    run.config,
    run.structuralHash,
    run.tags,
    toTimeText(run.startedAt),
    run.uuid,
    run.name,
    run.notes,
    run.parentId,
    run.seed,
  )!;
  const registered = {
    runId: Number(row["id"]),
    projectId: project,
    attempt: 1,
    uuid: run.uuid,
  };
  connection.prepare(
    "INSERT INTO run_details (run_id, config_types, provenance) VALUES (?, ?, ?)",
  ).run(
    registered.runId,
    run.configTypes,
    run.provenance,
  );
  beginAttempt(connection, { registered, run, fromStep: null });
  return registered;
}

/** Writes that an attempt of a run begins. */
export function beginAttempt(
  connection: Connection,
  options: { registered: Registered; run: NewRun; fromStep: number | null },
): void {
  const { registered, run, fromStep } = options;
  connection.prepare("INSERT INTO attempts VALUES (?, ?, ?, ?, ?)").run(
    registered.runId,
    registered.attempt,
    fromStep,
    toTimeText(run.startedAt),
    run.environment,
  );
  const { host, bootId, pid, pidStart } = run.process;
  connection.prepare(
    `INSERT INTO run_state (run_id, host, boot_id, pid, pid_start, heartbeat) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (run_id) DO UPDATE SET host = excluded.host, boot_id = excluded.boot_id,
       pid = excluded.pid, pid_start = excluded.pid_start, heartbeat = excluded.heartbeat`,
  ).run(registered.runId, host, bootId, pid, pidStart, run.startedAt);
  if (run.factors === undefined) fillRun(connection, registered.runId);
  else writeFactors(connection, registered, run.factors);
}

/** Resumes a run after `step`; points beyond it are superseded, not deleted. */
export function resumeRun(
  connection: Connection,
  options: { runId: number; step: number; run: NewRun },
): Registered {
  const { runId, step, run } = options;
  const row = connection.prepare(
    `UPDATE experiments SET status = 'running', end_time = NULL, error = NULL,
       attempt = attempt + 1 WHERE id = ? RETURNING project_id, attempt, uuid`,
  ).get(runId)!;
  const registered = {
    runId,
    projectId: Number(row["project_id"]),
    attempt: Number(row["attempt"]),
    uuid: String(row["uuid"]),
  };
  beginAttempt(connection, { registered, run, fromStep: step });
  supersede(connection, { runId, step });
  return registered;
}

/** Closes all series of a run, and cuts those that have points beyond `step`. */
function supersede(
  connection: Connection,
  { runId, step }: { runId: number; step: number },
): void {
  drainTail(connection, runId);
  const beyond = connection.prepare(
    "SELECT 1 AS found FROM points WHERE series_id = ? AND step > ? LIMIT 1",
  );
  const cut = connection.prepare("UPDATE series SET cut_step = ? WHERE id = ?");
  const close = connection.prepare("UPDATE series SET closed = 1 WHERE id = ?");
  const all = connection.prepare(
    "SELECT id, cut_step FROM series WHERE run_id = ?",
  ).all(runId);
  for (const { id, cut_step: before } of all) {
    const isWithin = before === null || step < Number(before);
    if (isWithin && beyond.get(id!, step) !== undefined) {
      cut.run(step, id!);
      refreshSeries(connection, Number(id));
    }
    close.run(id!);
  }
}

/** How a run ended. */
export interface Finish {
  readonly status: string;
  /** The error as JSON. */
  readonly error: string | null;
  readonly at: number;
  /** Seconds, in addition to those of earlier attempts. */
  readonly duration: number;
  /** The config keys that nothing read, as JSON; only some configs know them. */
  readonly unread?: string | null;
  /** Whether an attempt of a trial counts. */
  readonly trial?: { readonly counts: boolean; readonly restarts: boolean };
}

/** Writes how a run ended. */
export function endRun(
  connection: Connection,
  options: Finish & { readonly runId: number },
): void {
  if (options.unread != null) {
    connection.prepare("UPDATE run_details SET unread = ? WHERE run_id = ?")
      .run(options.unread, options.runId);
  }
  connection.prepare(
    `UPDATE experiments SET status = ?, error = ?, end_time = ?,
       duration = coalesce(duration, 0) + ? WHERE id = ?`,
  ).run(
    options.status,
    options.error,
    toTimeText(options.at),
    options.duration,
    options.runId,
  );
}

/** A file that belongs to a run. */
export interface Artifact {
  readonly path: string;
  readonly type: string | null;
  /** Its metadata as JSON. */
  readonly info: string | null;
  readonly size?: number | null;
  readonly sha256?: string | null;
  readonly at: number;
}

/** Writes a file that belongs to the run. */
export function writeArtifact(
  connection: Connection,
  artifact: Artifact & { readonly runId: number },
): void {
  const { runId, path, type, info, size, sha256, at } = artifact;
  connection.prepare(
    `INSERT INTO artifacts (run_id, path, data_type, data_info, size, sha256, logged_at)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  ).run(runId, path, type, info, size ?? null, sha256 ?? null, toTimeText(at));
}

/** Writes that the process of a run is alive, and how many points it spilled and lost so far. */
export function beat(
  connection: Connection,
  options: { runId: number; at: number; dropped: number; spilled: number },
): void {
  connection.prepare(
    "UPDATE run_state SET heartbeat = ?, dropped = ?, spilled = ? WHERE run_id = ?",
  ).run(options.at, options.dropped, options.spilled, options.runId);
}

/** Writes the fingerprint of a trace; one that the run has already is replaced. */
export function writeFingerprint(
  connection: Connection,
  print: {
    runId: number;
    traceId: string;
    type: "static" | "runtime";
    hash: string;
    uses?: string | null;
    calls?: number | null;
    at: number;
  },
): void {
  const { runId, traceId, type, hash, uses = null, calls = null, at } = print;
  const found = connection.prepare(
    "SELECT id FROM fingerprints WHERE run_id = ? AND trace_id = ? AND trace_type = ?",
  ).get(runId, traceId, type);
  const values: SqlValue[] = [hash, uses, calls, toTimeText(at)];
  if (found !== undefined) {
    connection.prepare(
      "UPDATE fingerprints SET fingerprint = ?, uses = ?, calls = ?, seen_at = ? WHERE id = ?",
    ).run(...values, found["id"]!);
    return;
  }
  connection.prepare(
    `INSERT INTO fingerprints (fingerprint, uses, calls, seen_at, run_id, trace_id, trace_type)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  ).run(...values, runId, traceId, type);
}

/** Writes the code fingerprint of one traced function, and its sources once for each hash. */
export function writeCode(
  connection: Connection,
  options: { runId: number; record: CodeRecord; at: number },
): void {
  const { runId, record, at } = options;
  const { hash, uses, deep } = record;
  const traceId = toStorable(record.traceId);
  writeDeep(connection, { runId, traceId, deep });
  if (hash === undefined) {
    const reason = toStorable(record.reason ?? "unknown");
    connection.prepare(
      "INSERT OR REPLACE INTO fingerprint_gaps VALUES (?, ?, ?)",
    ).run(runId, traceId, reason);
    return;
  }
  writeFingerprint(connection, {
    runId,
    traceId,
    type: "static",
    hash,
    uses: uses === undefined ? null : JSON.stringify(uses),
    at,
  });
  writeSources(connection, hash, record);
}

function writeSources(
  connection: Connection,
  hash: string,
  { source, uses, usesSources }: CodeRecord,
): void {
  const insert = connection.prepare(
    "INSERT OR IGNORE INTO sources VALUES (?, ?)",
  );
  if (source !== undefined) insert.run(hash, toStorable(source));
  for (const [name, text] of Object.entries(usesSources ?? {})) {
    const usesHash = uses?.[name];
    if (usesHash !== undefined) insert.run(usesHash, toStorable(text));
  }
}

/** Returns the columns of one recorded call. */
export function outputColumns(
  registered: Registered,
  record: OutputRecord,
): SqlValue[] {
  return [
    registered.runId,
    toStorable(record.traceId),
    registered.attempt,
    record.call,
    record.sequence,
    record.outcome,
    record.hash ?? null,
    record.reason === undefined ? null : toStorable(record.reason),
    record.sketch === undefined ? null : encodeJson(record.sketch).text,
  ];
}

/** Inserts {@linkcode outputColumns}. */
export const INSERT_OUTPUT =
  "INSERT OR REPLACE INTO outputs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
