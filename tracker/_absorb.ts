/** Takes up what could not be written at its time. */
import { basename } from "node:path";
import {
  findSpills,
  idleTime,
  readSpill,
  removeSpill,
  type Spill,
} from "./_outage.ts";
import { isAlive } from "./_process_identity.ts";
import { drainTail, rebuildSeries } from "./_rebuild.ts";
import {
  endRun,
  INSERT_OUTPUT,
  type NewRun,
  outputColumns,
  type Registered,
  registerRun,
  writeCode,
} from "./_run_store.ts";
import { toTimeText } from "./_times.ts";
import type { Connection } from "./driver.ts";
import { transact } from "./retry.ts";
import type { CodeRecord, OutputRecord } from "./run_source.ts";

/**
 * Takes up the spill files beside a database whose processes have ended, each in one transaction;
 * a file that was taken up but not removed (the process died in between) is not taken up twice.
 *
 * @returns how many points.
 */
export function absorbSpills(
  connection: Connection,
  options: { path: string; timeout: number },
): number {
  let points = 0;
  for (const path of findSpills(options.path)) {
    const spill = readSpill(path);
    if (spill === undefined || isInUse(spill)) continue;
    points += absorbFile(connection, { path, timeout: options.timeout });
  }
  return points;
}

function isInUse(spill: Spill): boolean {
  const { process } = spill.header["run"] as NewRun;
  const alive = isAlive(process);
  // From another machine, only a long silence tells.
  return alive === undefined ? idleTime(spill.path) < 300_000 : alive;
}

/** Takes up one spill file, and removes it. */
export function absorbFile(
  connection: Connection,
  options: { path: string; timeout: number },
): number {
  const spill = readSpill(options.path);
  if (spill === undefined) return 0;
  const work = (): number => absorb(connection, spill);
  const points = transact(connection, { work, timeout: options.timeout });
  removeSpill(options.path);
  return points;
}

function absorb(connection: Connection, spill: Spill): number {
  const name = basename(spill.path);
  const known = connection.prepare(
    "SELECT 1 AS found FROM absorbed WHERE name = ?",
  ).get(name);
  if (known !== undefined) return 0;
  const run = spill.header["run"] as NewRun;
  const registered = find(connection, run) ?? registerRun(connection, run);
  drainTail(connection, registered.runId);
  const series = new Map<string, OpenSeries>();
  let count = 0;
  for (const line of spill.lines) {
    if ("key" in line) {
      absorbPoint(connection, { line, series, registered });
      count++;
    } else {
      absorbOther(connection, registered, line);
    }
  }
  for (const { id } of series.values()) rebuildSeries(connection, id);
  connection.prepare("INSERT INTO absorbed VALUES (?, ?)").run(
    name,
    toTimeText(Date.now()),
  );
  return count;
}

function find(connection: Connection, run: NewRun): Registered | undefined {
  const row = connection.prepare(
    "SELECT id, project_id, attempt FROM experiments WHERE uuid = ?",
  ).get(run.uuid);
  if (row === undefined) return undefined;
  return {
    runId: Number(row["id"]),
    projectId: Number(row["project_id"]),
    attempt: Number(row["attempt"]),
    uuid: run.uuid,
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
    line: Record<string, unknown>;
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

interface Finish {
  status: string;
  error: string | null;
  at: number;
  duration: number;
}

interface ArtifactLine {
  path: string;
  type: string | null;
  info: string | null;
  size?: number;
  sha256?: string;
}

function absorbOther(
  connection: Connection,
  registered: Registered,
  line: Record<string, unknown>,
): void {
  const { runId } = registered;
  if ("output" in line) {
    const columns = outputColumns(registered, line["output"] as OutputRecord);
    connection.prepare(INSERT_OUTPUT).run(...columns);
  } else if ("code" in line) {
    writeCode(connection, {
      runId,
      record: line["code"] as CodeRecord,
      at: Date.now(),
    });
  } else if ("artifact" in line) {
    const { path, type, info, size, sha256 } = line["artifact"] as ArtifactLine;
    connection.prepare(
      `INSERT INTO artifacts (run_id, path, data_type, data_info, size, sha256)
       VALUES (?, ?, ?, ?, ?, ?)`,
    ).run(runId, path, type, info, size ?? null, sha256 ?? null);
  } else if ("finish" in line) {
    endRun(connection, { runId, ...line["finish"] as Finish });
  } else if ("dropped" in line) {
    connection.prepare("UPDATE run_state SET dropped = ? WHERE run_id = ?").run(
      Number(line["dropped"]),
      runId,
    );
  }
}
