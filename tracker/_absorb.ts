/** Moves points and records from spill files, or from the buffer in memory, into the database. */
import { statSync, unlinkSync } from "node:fs";
import { basename } from "node:path";
import type { BacklogLine } from "./_backlog.ts";
import type { FactorRecord } from "./_factor_record.ts";
import { writeFactors } from "./_factor_store.ts";
import { inputsOfLine, writeInputs } from "./_inputs_store.ts";
import { configOfLine, writeConfig } from "./_late_config.ts";
import { rebuildChain } from "./_output_writer.ts";
import { consoleOfLine, writeConsole } from "./_console_store.ts";
import { programOfLine, writeProgram } from "./_program_store.ts";
import { isAlive } from "../internal/process_identity.ts";
import { drainTail, rebuildSeries } from "./_rebuild.ts";
import {
  type Artifact,
  endRun,
  type Finish,
  INSERT_OUTPUT,
  type NewRun,
  outputColumns,
  type Registered,
  registerRun,
  writeArtifact,
  writeCode,
} from "./_run_store.ts";
import { FACTOR_RECORD } from "./_run_shapes.ts";
import { listOf } from "./_shapes.ts";
import { findSpills, idleTime, readSpill, type Spill } from "./_spills.ts";
import { flawOf, toStorable } from "./_storable_text.ts";
import { toTimeText } from "./_times.ts";
import { endAttempt } from "./_trial_attempt.ts";
import { messageOf } from "../internal/errors.ts";
import { isRecord } from "../internal/objects.ts";
import type { Connection } from "./driver.ts";
import { classifyStorageProblem } from "./errors.ts";
import { transact } from "./retry.ts";
import type { CodeRecord, OutputRecord } from "../internal/run_source.ts";

/** A spill file that was not taken over, and why. */
export interface Refused {
  readonly path: string;
  readonly reason: string;
}

/**
 * Takes over the spill files beside a database whose processes have ended, each in one transaction. A file
 * that was taken over but not removed (because the process died in between) is not taken over twice. A file
 * that cannot be read is kept, and the others are still taken over.
 *
 * @returns the files that were refused.
 * @throws {Error} If the database cannot be written.
 */
export function absorbSpills(
  connection: Connection,
  options: { path: string; timeout: number },
): Refused[] {
  const refused: Refused[] = [];
  for (const path of findSpills(options.path)) {
    try {
      if (statSync(path).size === 0) {
        // It is still empty: its process may be about to write.
        if (idleTime(path) > SILENCE) removeSpill(path);
      } else if (!isInUse(readHead(path))) {
        absorbFile(connection, { path, timeout: options.timeout });
      }
    } catch (error) {
      const problem = classifyStorageProblem(error);
      // "other" is a value that SQLite refuses; all other problems come from the database.
      if (problem !== undefined && problem !== "other") throw error;
      refused.push({ path, reason: messageOf(error) });
    }
  }
  return refused;
}

/** Milliseconds without a write after which a process on another machine counts as ended. */
const SILENCE = 300_000;

interface Head {
  readonly spill: Spill;
  readonly run: NewRun;
}

function readHead(path: string): Head {
  const spill = readSpill(path);
  const run = spill.header["run"] as Partial<NewRun> | null | undefined;
  const isText = (value: unknown): boolean => typeof value === "string";
  const names = [run?.uuid, run?.project, run?.config, run?.tags];
  const rest = [
    run?.configTypes,
    run?.structuralHash,
    run?.name,
    run?.notes,
    run?.seed,
    run?.provenance,
  ];
  const isWhole = names.every(isText) && isText(run?.environment) &&
    rest.every((value) => value === null || isText(value)) &&
    Number.isFinite(run?.startedAt) && typeof run?.process?.pid === "number";
  if (isWhole) return { spill, run: withSoundFactors(run as NewRun) };
  throw new TypeError("its first line does not say which run it belongs to");
}

/** Factors that no logger writes are left out, so that they are derived from the config. */
function withSoundFactors(run: NewRun): NewRun {
  if (listOf(FACTOR_RECORD)(run.factors, "factors") === undefined) return run;
  const { factors: _, ...rest } = run;
  return rest;
}

function isInUse({ spill, run }: Head): boolean {
  if (spill.lines.some((line) => "finish" in line)) return false;
  const alive = isAlive(run.process);
  // Of a process on another machine, only the time of its last write is known.
  return alive === undefined ? idleTime(spill.path) < SILENCE : alive;
}

/**
 * Takes over one spill file, and removes it.
 *
 * @throws {TypeError} If it is not a spill file.
 */
export function absorbFile(
  connection: Connection,
  options: { path: string; timeout: number },
): void {
  const { spill, run } = readHead(options.path);
  const work = (): void => {
    const name = basename(spill.path);
    const known = connection.prepare(
      "SELECT 1 AS found FROM absorbed WHERE name = ?",
    ).get(name);
    if (known !== undefined) return;
    const registered = findRegistered(connection, run.uuid) ??
      registerRun(connection, run);
    absorbLines(connection, registered, spill);
    connection.prepare("INSERT INTO absorbed VALUES (?, ?)").run(
      name,
      toTimeText(Date.now()),
    );
  };
  transact(connection, { work, timeout: options.timeout });
  removeSpill(options.path);
}

function removeSpill(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // The database knows that it was taken over; the next run tries to remove it again.
  }
}

/** Writes lines in the order in which they were logged. The caller has begun a transaction. */
export function absorbLines(
  connection: Connection,
  registered: Registered,
  waited: { readonly lines: readonly BacklogLine[]; readonly torn?: number },
): void {
  drainTail(connection, registered.runId);
  const series = new Map<string, OpenSeries>();
  const traces = new Set<string>();
  let unreadable = waited.torn ?? 0;
  for (const line of waited.lines) {
    if ("key" in line) {
      if (isPoint(line)) absorbPoint(connection, { line, series, registered });
      else unreadable++;
    } else if (isRecord(line["output"])) {
      const output = line["output"] as unknown as OutputRecord;
      const columns = outputColumns(registered, output);
      connection.prepare(INSERT_OUTPUT).run(...columns);
      traces.add(toStorable(output.traceId));
    } else absorbOther(connection, registered, line);
  }
  for (const { id } of series.values()) rebuildSeries(connection, id);
  for (const traceId of traces) {
    rebuildChain(connection, { ...registered, traceId });
  }
  if (unreadable > 0) addDropped(connection, registered.runId, unreadable);
}

/** Older spill files have points without a step. */
function isPoint(line: BacklogLine): boolean {
  const { key, step, at, value, kind } = line;
  return typeof key === "string" && key !== "" && flawOf(key) === undefined &&
    Number.isFinite(at) &&
    (step === undefined || Number.isSafeInteger(step)) &&
    (value === null || typeof value === "number") &&
    (kind === undefined || Number.isSafeInteger(kind));
}

function addDropped(connection: Connection, runId: number, count: number) {
  connection.prepare(
    "UPDATE run_state SET dropped = dropped + ? WHERE run_id = ?",
  ).run(count, runId);
}

/** Returns the run that has a UUID, or `undefined` if the file does not contain it. */
export function findRegistered(
  connection: Connection,
  uuid: string,
): Registered | undefined {
  const row = connection.prepare(
    "SELECT id, project_id, attempt FROM experiments WHERE uuid = ?",
  ).get(uuid);
  if (row === undefined) return undefined;
  return {
    runId: Number(row["id"]),
    projectId: Number(row["project_id"]),
    attempt: Number(row["attempt"]),
    uuid,
  };
}

interface OpenSeries {
  readonly id: number;
  readonly start: number;
  seq: number;
  nextStep: number;
}

function absorbPoint(
  connection: Connection,
  options: {
    line: BacklogLine;
    series: Map<string, OpenSeries>;
    registered: Registered;
  },
): void {
  const { line, series, registered } = options;
  const key = String(line["key"]);
  const at = Number(line["at"]);
  const open = series.get(key) ??
    openSeries(connection, { registered, key, at });
  series.set(key, open);
  const step = line["step"] === undefined
    ? open.nextStep
    : Number(line["step"]);
  open.nextStep = Math.max(open.nextStep, step + 1);
  const kind = line["kind"] === undefined ? null : Number(line["kind"]);
  const value = line["value"] === null ? null : Number(line["value"]);
  connection.prepare("INSERT INTO points VALUES (?, ?, ?, ?, ?, ?)").run(
    open.id,
    step,
    open.seq++,
    value,
    kind,
    at - open.start,
  );
}

function openSeries(
  connection: Connection,
  options: { registered: Registered; key: string; at: number },
): OpenSeries {
  const { registered: { runId, projectId, attempt }, key, at } = options;
  connection.prepare(
    `INSERT INTO series (run_id, project_id, key, attempt, start, closed)
     SELECT ?, ?, ?, ?, ?, 1 WHERE NOT EXISTS
       (SELECT 1 FROM series WHERE run_id = ? AND key = ? AND attempt = ?)`,
  ).run(runId, projectId, key, attempt, at, runId, key, attempt);
  const row = connection.prepare(
    "SELECT id, start FROM series WHERE run_id = ? AND key = ? AND attempt = ?",
  ).get(runId, key, attempt)!;
  const id = Number(row["id"]);
  const ends = connection.prepare(
    "SELECT max(seq) AS seq, max(step) AS step FROM points WHERE series_id = ?",
  ).get(id)!;
  return {
    id,
    start: Number(row["start"]),
    seq: ends["seq"] === null ? 0 : Number(ends["seq"]) + 1,
    nextStep: ends["step"] === null ? 0 : Number(ends["step"]) + 1,
  };
}

function absorbOther(
  connection: Connection,
  registered: Registered,
  line: BacklogLine,
): void {
  const { runId } = registered;
  if (isRecord(line["factors"])) {
    if (FACTOR_RECORD(line["factors"], "factors") !== undefined) return;
    const record = line["factors"] as unknown as FactorRecord;
    writeFactors(connection, registered, [record]);
  } else if (isRecord(line["program"])) {
    const program = programOfLine(line["program"]);
    if (program === undefined) return;
    writeProgram(connection, registered, program);
  } else if (isRecord(line["console"])) {
    const note = consoleOfLine(line["console"]);
    if (note !== undefined) writeConsole(connection, registered, note);
  } else if (isRecord(line["inputs"])) {
    const inputs = inputsOfLine(line["inputs"]);
    if (inputs !== undefined) writeInputs(connection, registered, inputs);
  } else if (isRecord(line["config"])) {
    const config = configOfLine(line["config"]);
    if (config !== undefined) writeConfig(connection, registered, config);
  } else if (isRecord(line["code"])) {
    writeCode(connection, {
      runId,
      record: line["code"] as unknown as CodeRecord,
      at: Date.now(),
    });
  } else if (isRecord(line["artifact"])) {
    const artifact = line["artifact"] as unknown as Artifact;
    // Older spill files have artifacts without a time.
    writeArtifact(connection, {
      ...artifact,
      at: artifact.at ?? Date.now(),
      runId,
    });
  } else if (isRecord(line["finish"])) {
    const finish = line["finish"] as unknown as Finish;
    const { counts, restarts } = finish.trial ?? {};
    if (typeof counts === "boolean" && typeof restarts === "boolean") {
      if (!endAttempt(connection, registered, { counts, restarts })) return;
    }
    endRun(connection, { runId, ...finish });
  } else if (Number.isSafeInteger(line["dropped"])) {
    // Each file of a run has the sum so far; torn lines that another process found are added to it.
    connection.prepare(
      "UPDATE run_state SET dropped = max(dropped, ?) WHERE run_id = ?",
    ).run(Number(line["dropped"]), runId);
  }
}
