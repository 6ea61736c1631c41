/**
 * Imports runs that another tool recorded.
 *
 * @module
 */
import {
  checkName,
  checkNumber,
  checkOptions,
  checkText,
  checkTexts,
  ifGiven,
  refuse,
} from "./_check.ts";
import { checkOpenOptions, checkPoint } from "./_logger_checks.ts";
import { encodeValue } from "./_bucket.ts";
import { ConsoleBuffer } from "./_console_buffer.ts";
import { writeConsole } from "./_console_store.ts";
import { type Encoded, encodeJson } from "../internal/json.ts";
import { structuralHash } from "./_logger_support.ts";
import { fillRun } from "./_fill_factors.ts";
import { rebuildSeries } from "./_rebuild.ts";
import { toTimeText } from "./_times.ts";
import { withFile } from "./_with_file.ts";
import type { ConsolePart } from "./console.ts";
import type { TrackerConfig } from "./db_path.ts";
import type { RunEnvironment } from "./environment.ts";
import type { Connection, Statement } from "./driver.ts";
import type { OpenOptions } from "./open.ts";
import { transact } from "./retry.ts";

/** A point of a metric that another tool recorded. */
export interface ForeignPoint {
  /** Its step, an integer. */
  readonly step: number;
  /** Its value; may be NaN or infinite. */
  readonly value: number;
  /** When it was logged, in milliseconds since 1970. */
  readonly time: number;
}

/** A run that another tool recorded. */
export interface ForeignRun {
  /** Its identity: a run whose UUID the file has already is not imported again. */
  readonly uuid: string;
  /** The name of its project. */
  readonly project: string;
  /** Its name. */
  readonly name?: string;
  /** Free text. */
  readonly notes?: string;
  /** The seed, as a string. */
  readonly seed?: string;
  /** Its tags. */
  readonly tags: readonly string[];
  /** How it ended. */
  readonly status: string;
  /** When it started, in milliseconds since 1970. */
  readonly startTime: number;
  /** When it ended, in milliseconds since 1970. */
  readonly endTime?: number;
  /** Its config. */
  readonly config: Readonly<Record<string, unknown>>;
  /** The files that it recorded. */
  readonly artifacts: readonly {
    readonly path: string;
    readonly type?: string;
    readonly size?: number;
    readonly sha256?: string;
  }[];
  /** The machine and the program, as far as they are known. */
  readonly environment?: RunEnvironment;
  /** The error that ended it. */
  readonly error?: { readonly name: string; readonly message: string };
  /** Reads what its program printed. */
  console?(): Iterable<Omit<ConsolePart, "start">>;
  /** Reads its metrics: each name with its points. A name can come again, with more points. */
  metrics(): Iterable<
    readonly [metric: string, points: Iterable<ForeignPoint>]
  >;
}

/**
 * Imports runs that another tool recorded, in one transaction. A run whose UUID the file has already
 * is not changed.
 *
 * @param config The config or path that names the file.
 * @param runs The runs.
 * @param options How the file is opened.
 * @returns the ids of the runs that were added, and the number of runs that the file had already.
 * @throws {TrackerUsageError} If a run has a value of the wrong type.
 *
 * @example
 * ```ts
 * import { importRuns } from "@ato/ato/tracker";
 * import { assertEquals } from "@std/assert";
 * import { mkdtempSync, rmSync } from "node:fs";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 *
 * const folder = mkdtempSync(join(tmpdir(), "ato-"));
 * const run = {
 *   uuid: "01234567-89ab-4def-8123-456789abcdef",
 *   project: "demo",
 *   tags: [],
 *   status: "completed",
 *   startTime: 0,
 *   config: { lr: 0.1 },
 *   artifacts: [],
 *   metrics: () => [["loss", [{ step: 0, value: 0.5, time: 1 }]] as const],
 * };
 * const path = join(folder, "runs.db");
 * assertEquals(await importRuns(path, [run]), { added: [1], same: 0 });
 * assertEquals(await importRuns(path, [run]), { added: [], same: 1 });
 * rmSync(folder, { recursive: true });
 * ```
 */
export async function importRuns(
  config: TrackerConfig | string,
  runs: readonly ForeignRun[],
  options: OpenOptions = {},
): Promise<{ added: number[]; same: number }> {
  checkOpenOptions(options, ACTION);
  if (!Array.isArray(runs)) {
    refuse(runs, { action: ACTION, what: "the argument" }, "a list of runs");
  }
  for (const run of runs) checkForeign(run);
  const hashes = await Promise.all(
    runs.map((run) => structuralHash(run.config as TrackerConfig)),
  );
  return await withFile(config, options, (connection, timeout) => {
    const work = (): { added: number[]; same: number } => {
      const find = connection.prepare(
        "SELECT id FROM experiments WHERE uuid = ?",
      );
      const added: number[] = [];
      for (const [i, run] of runs.entries()) {
        if (find.get(run.uuid) !== undefined) continue;
        added.push(addRun(connection, run, hashes[i]!));
      }
      return { added, same: runs.length - added.length };
    };
    return transact(connection, { work, timeout });
  });
}

const ACTION = "import runs";

function checkForeign(run: ForeignRun): void {
  const action = ACTION;
  checkOptions(run, { action, what: "one of the runs" }, "an object");
  checkName(run.uuid, { action, what: "uuid" });
  checkName(run.project, { action, what: "project" });
  checkName(run.status, { action, what: "status" });
  checkTexts(run.tags, { action, what: "tags" });
  for (const what of ["name", "notes", "seed"] as const) {
    ifGiven(run[what], (value) => checkText(value, { action, what }));
  }
  checkNumber(run.startTime, { action, what: "startTime" });
  ifGiven(
    run.endTime,
    (value) => checkNumber(value, { action, what: "endTime" }),
  );
  for (const { path } of run.artifacts) {
    checkName(path, { action, what: "the path of an artifact" });
  }
}

function addRun(
  connection: Connection,
  run: ForeignRun,
  hash: string,
): number {
  const project = projectOf(connection, run);
  const config = encodeJson(run.config);
  const id = insertRun(connection, run, { project, hash, config });
  connection.prepare(
    "INSERT INTO run_details (run_id, config_types) VALUES (?, ?)",
  ).run(id, config.types.length === 0 ? null : JSON.stringify(config.types));
  connection.prepare("INSERT INTO attempts VALUES (?, 1, NULL, ?, ?)").run(
    id,
    toTimeText(run.startTime),
    encodeJson(run.environment ?? {}).text,
  );
  fillRun(connection, id);
  addArtifacts(connection, id, run);
  addConsole(connection, id, run);
  const series = new SeriesOfRun(connection, id, project);
  for (const [metric, points] of run.metrics()) series.add(metric, points);
  series.end();
  return id;
}

function addConsole(connection: Connection, runId: number, run: ForeignRun) {
  if (run.console === undefined) return;
  let now = run.startTime;
  const buffer = new ConsoleBuffer(
    (note) => writeConsole(connection, { runId, attempt: 1 }, note),
    () => now,
  );
  for (const { at, stream, bytes } of run.console()) {
    now = at;
    buffer.add(stream, bytes);
  }
  buffer.flush();
}

function projectOf(connection: Connection, run: ForeignRun): number {
  connection.prepare(
    "INSERT INTO projects (name, created_at) VALUES (?, ?) ON CONFLICT (name) DO NOTHING",
  ).run(run.project, toTimeText(run.startTime));
  const row = connection.prepare("SELECT id FROM projects WHERE name = ?")
    .get(run.project);
  return Number(row?.["id"]);
}

function insertRun(
  connection: Connection,
  run: ForeignRun,
  stored: { project: number; hash: string; config: Encoded },
): number {
  const { startTime, endTime } = run;
  const row = connection.prepare(
    `INSERT INTO experiments (project_id, config, structural_hash, tags, status, start_time,
       end_time, uuid, name, notes, attempt, seed, duration, error)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?) RETURNING id`,
  ).get(
    stored.project,
    stored.config.text,
    stored.hash,
    encodeJson(run.tags).text,
    run.status,
    toTimeText(startTime),
    endTime === undefined ? null : toTimeText(endTime),
    run.uuid,
    run.name ?? null,
    run.notes ?? null,
    run.seed ?? null,
    endTime === undefined ? null : Math.max(0, endTime - startTime) / 1000,
    run.error === undefined ? null : encodeJson(run.error).text,
  );
  return Number(row?.["id"]);
}

function addArtifacts(
  connection: Connection,
  id: number,
  run: ForeignRun,
): void {
  const insert = connection.prepare(
    "INSERT INTO artifacts (run_id, path, data_type, size, sha256) VALUES (?, ?, ?, ?, ?)",
  );
  for (const { path, type, size, sha256 } of run.artifacts) {
    insert.run(id, path, type ?? null, size ?? null, sha256 ?? null);
  }
}

/** The series of a run that points are added to. */
class SeriesOfRun {
  readonly #connection: Connection;
  readonly #id: number;
  readonly #project: number;
  readonly #insert: Statement;
  readonly #series = new Map<
    string,
    { readonly id: number; readonly start: number; seq: number }
  >();

  constructor(connection: Connection, id: number, project: number) {
    this.#connection = connection;
    this.#id = id;
    this.#project = project;
    this.#insert = connection.prepare(
      "INSERT INTO points VALUES (?, ?, ?, ?, ?, ?)",
    );
  }

  add(metric: string, points: Iterable<ForeignPoint>): void {
    let series = this.#series.get(metric);
    for (const { step, value, time } of points) {
      checkPoint(metric, value, step);
      checkNumber(time, { action: ACTION, what: "the time of a point" });
      series ??= this.#begin(metric, time);
      const at = time - series.start;
      this.#insert.run(
        series.id,
        step,
        series.seq++,
        ...encodeValue(value),
        at,
      );
    }
  }

  /** Computes the summaries. */
  end(): void {
    for (const { id } of this.#series.values()) {
      rebuildSeries(this.#connection, id);
    }
  }

  #begin(metric: string, start: number) {
    const row = this.#connection.prepare(
      `INSERT INTO series (run_id, project_id, key, attempt, closed, start)
       VALUES (?, ?, ?, 1, 1, ?) RETURNING id`,
    ).get(this.#id, this.#project, metric, start)!;
    const series = { id: Number(row["id"]), start, seq: 0 };
    this.#series.set(metric, series);
    return series;
  }
}
