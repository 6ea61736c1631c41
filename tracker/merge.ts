/**
 * Merges the runs of several files.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { existsSync, realpathSync } from "node:fs";
import {
  copyParts,
  copySources,
  insertRun,
  projectIn,
  updateRun,
} from "./_copy_run.ts";
import { copyBases } from "./_copy_bases.ts";
import { TextCopier } from "./_copy_texts.ts";
import {
  addLeftBehind,
  keepLeftBehind,
  missingOf,
  readLeftBehind,
} from "./_left_behind.ts";
import { damageOf } from "./_sound_run.ts";
import { addLegacyViews } from "./_legacy_views.ts";
import { linkChildren, linkParent, parentOf } from "./_parents.ts";
import { hasTable, refuseNewer, schemaVersion } from "./_schema_version.ts";
import { checkChoice, checkName } from "./_check.ts";
import { checkOpenOptions } from "./_logger_checks.ts";
import { withFile } from "./_with_file.ts";
import { dbPathOf, type TrackerConfig } from "./db_path.ts";
import type { Connection, Row } from "./driver.ts";
import {
  classifyStorageProblem,
  StorageError,
  toStorageError,
  TrackerUsageError,
} from "./errors.ts";
import { openForReading, type OpenOptions } from "./open.ts";
import { transact } from "./retry.ts";

/** The result of a merge. The ids are those in the file that was written. */
export interface MergeResult {
  /** The ids of the runs that were added. */
  readonly added: readonly number[];
  /** The ids of the runs that were updated, because the other file had more of them. */
  readonly updated: readonly number[];
  /** The number of runs that the file had already. */
  readonly same: number;
  /**
   * The ids of the runs that were kept as they are: the other file has a later state of them, but
   * fewer points of a metric. Absent if there are none.
   */
  readonly kept?: readonly number[];
}

/** Options for {@linkcode mergeRuns}. */
export interface MergeOptions extends OpenOptions {
  /**
   * What happens to a run of which the other file has a later state, but fewer points of a metric:
   * `keep` keeps the run that is here, `take` takes the other one, so that points are lost.
   *
   * @default {"keep"}
   */
  readonly fewer?: "keep" | "take";
}

/**
 * Copies the runs of another file into this one, with all that belongs to them: metric points,
 * artifacts, fingerprints and sources, recorded calls, config history, attempts.
 *
 * Runs are identified by their UUID, so a second merge adds nothing. If the other file has a later
 * state of a run (it was still running, or was resumed), the run is updated and keeps its
 * id, tags and notes. Points are never removed, unless `fewer` says so. A run that is damaged is left
 * out with a warning. All other runs are copied in one transaction: all or none. The other file is not
 * changed, and runs in its trash are not copied.
 *
 * @param config The config or path that names the file to write.
 * @param otherPath The path of the other file, of Ato or of Python ato. A run of Python ato has no
 * UUID; it gets one that is derived from its content, the same each time.
 * @param options How the file is opened, and what happens to runs with fewer points.
 * @returns the ids of the runs that were added, updated and kept.
 * @throws {TrackerUsageError} If the other file does not exist, is this file, or has no runs.
 * @throws {NewerSchemaError} If a newer Ato wrote the other file.
 *
 * @example
 * ```ts
 * import { mergeRuns, SQLLogger } from "@ato/ato/tracker";
 * import { assertEquals } from "@std/assert";
 * import { mkdtempSync, rmSync } from "node:fs";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 *
 * const folder = mkdtempSync(join(tmpdir(), "ato-"));
 * const [here, there] = [join(folder, "here.db"), join(folder, "there.db")];
 * for (const dbPath of [here, there]) {
 *   const logger = new SQLLogger({ experiment: { projectName: "demo", sql: { dbPath } } });
 *   await logger.run();
 *   await logger.finish();
 * }
 * assertEquals(await mergeRuns(here, there), { added: [2], updated: [], same: 0 });
 * assertEquals(await mergeRuns(here, there), { added: [], updated: [], same: 1 });
 * rmSync(folder, { recursive: true });
 * ```
 */
export async function mergeRuns(
  config: TrackerConfig | string,
  otherPath: string,
  options: MergeOptions = {},
): Promise<MergeResult> {
  return (await mergeWith(config, otherPath, options, () => undefined)).runs;
}

/**
 * Copies the runs of another file into this one, and does more between the two files in the same transaction.
 *
 * @param config The config or path that names the file to write.
 * @param otherPath The path of the other file.
 * @param options As for {@linkcode mergeRuns}.
 * @param more What else is done; it is done again if another process has the lock.
 * @returns what happened to the runs, and what `more` returns.
 */
export async function mergeWith<T>(
  config: TrackerConfig | string,
  otherPath: string,
  options: MergeOptions,
  more: (files: { readonly from: Connection; readonly to: Connection }) => T,
): Promise<{ readonly runs: MergeResult; readonly more: T }> {
  const { fewer = "keep" } = options;
  checkMerge(dbPathOf(config), otherPath, { ...options, fewer });
  const { onWarning: warn = (line) => console.error(`ato: ${line}`) } = options;
  const from = await openOther(otherPath, options);
  try {
    return await withFile(
      config,
      options,
      (to, timeout) =>
        transact(to, {
          work: () => ({
            runs: new Merge({ from, to, fewer, warn }).run(),
            more: more({ from, to }),
          }),
          timeout,
        }),
    );
  } finally {
    from.close();
  }
}

function checkMerge(
  path: string,
  otherPath: string,
  options: MergeOptions,
): void {
  const action = "merge";
  checkOpenOptions(options, action);
  checkChoice(options.fewer, { action, what: "fewer" }, ["keep", "take"]);
  checkName(otherPath, { action, what: "the path of the other file" });
  if (!isThere(otherPath)) {
    throw new TrackerUsageError(
      `Cannot merge ${otherPath}: there is no such file`,
    );
  }
  if (isThere(path) && realpathSync(path) === realpathSync(otherPath)) {
    throw new TrackerUsageError(
      `Cannot merge ${otherPath}: it is the file itself; name another one`,
    );
  }
}

/** @throws {StorageError} If the program has no permission to look. */
function isThere(path: string): boolean {
  try {
    return existsSync(path);
  } catch (cause) {
    throw toStorageError("read", { path, cause });
  }
}

async function openOther(
  path: string,
  options: OpenOptions,
): Promise<Connection> {
  let connection: Connection | undefined;
  try {
    connection = await openForReading(path, options);
    refuseNewer(connection, path);
    if (!hasTable(connection, "experiments")) {
      throw new TrackerUsageError(
        `Cannot merge ${path}: it contains no runs; name a file of Ato`,
      );
    }
    if (schemaVersion(connection) === 0) addLegacyViews(connection);
    // One transaction: everything that is read is of one state of the file.
    connection.exec("BEGIN");
    return connection;
  } catch (error) {
    connection?.close();
    if (classifyStorageProblem(error) === undefined) throw error;
    throw toStorageError("read", { path, cause: error });
  }
}

interface MergeContext {
  readonly from: Connection;
  readonly to: Connection;
  readonly fewer: "keep" | "take";
  readonly warn: (line: string) => void;
}

/** One merge, and what was done so far. */
class Merge {
  readonly #context: MergeContext;
  readonly #projectNames: ReadonlyMap<number, Row>;
  readonly #projects = new Map<string, number>();
  readonly #added: number[] = [];
  readonly #updated: number[] = [];
  readonly #kept: number[] = [];
  readonly #texts: TextCopier;
  #same = 0;

  constructor(context: MergeContext) {
    this.#context = context;
    this.#texts = new TextCopier(context);
    this.#projectNames = projectNames(context.from);
  }

  run(): MergeResult {
    const { from, to } = this.#context;
    const runs = from.prepare(
      "SELECT * FROM experiments WHERE deleted_at IS NULL ORDER BY id",
    ).all();
    const find = to.prepare("SELECT * FROM experiments WHERE uuid = ?");
    for (const row of runs) {
      const project = this.#projectNames.get(Number(row["project_id"]));
      if (project === undefined) continue;
      const uuid = uuidOf(row, String(project["name"]));
      this.#take({ row, project, uuid, found: find.get(uuid) });
    }
    const [added, updated, kept] = [this.#added, this.#updated, this.#kept];
    copySources(from, to);
    const same = this.#same;
    return { added, updated, same, ...(kept.length > 0 && { kept }) };
  }

  /** Decides what happens to one run of the other file. */
  #take(run: MergedRun): void {
    const { from, to, fewer, warn } = this.#context;
    const { row, found } = run;
    if (found !== undefined && !knowsMore(from, row, { to, found })) {
      if (this.#fill(run, found)) this.#updated.push(Number(found["id"]));
      else this.#same++;
      this.#link(run);
      return;
    }
    const damage = damageOf(from, row);
    if (damage !== undefined) {
      warn(`${damage.message}; it was not copied`);
    } else if (
      found !== undefined && fewer === "keep" &&
      hasFewer(from, row, { to, found })
    ) this.#kept.push(Number(found["id"]));
    else this.#write(run);
  }

  /**
   * Adds what the run of this file lacks though it knows as much, because one of the two came from a hub without its
   * sources.
   *
   * @returns whether something was added.
   */
  #fill({ row }: MergedRun, found: Row): boolean {
    const { from, to, warn } = this.#context;
    const [fromId, toId] = [Number(row["id"]), Number(found["id"])];
    try {
      this.#texts.copy(fromId);
      const missing = missingOf(
        readLeftBehind(to, toId),
        readLeftBehind(from, fromId),
      );
      addLeftBehind(to, toId, missing);
      return missing.length > 0;
    } catch (error) {
      const isDamage = error instanceof StorageError &&
        error.problem === "corrupt";
      if (!isDamage) throw error;
      warn(`${error.message}; nothing of it was copied`);
      return false;
    }
  }

  #link({ row, uuid }: MergedRun): void {
    const { from, to } = this.#context;
    const parent = parentOf(from, row);
    if (parent !== null) linkParent(to, uuid, parent);
  }

  #write(run: MergedRun): void {
    const { row, project, uuid, found } = run;
    const { from, to } = this.#context;
    const fromId = Number(row["id"]);
    const projectId = projectIn(to, project, this.#projects);
    // The later state can be one that came from a hub, and lack what is here of earlier attempts.
    const before = found && keepLeftBehind(to, Number(found["id"]));
    const toId = found === undefined
      ? insertRun(to, { row, uuid, projectId })
      : updateRun(to, { row, found });
    copyParts({ from, to, fromId, toId, projectId });
    this.#texts.copy(fromId);
    if (before !== undefined) {
      const missing = missingOf(readLeftBehind(to, toId), before);
      addLeftBehind(to, toId, missing);
    }
    closeSeries(to, toId);
    this.#link(run);
    if (found === undefined) {
      linkChildren(to, uuid);
      copyBases({ from, to }, uuid);
    }
    (found === undefined ? this.#added : this.#updated).push(toId);
  }
}

/** A run of the other file. */
interface MergedRun {
  readonly row: Row;
  readonly project: Row;
  readonly uuid: string;
  /** The run with this UUID in the file that is written, if there is one. */
  readonly found: Row | undefined;
}

function projectNames(from: Connection): Map<number, Row> {
  const rows = from.prepare("SELECT * FROM projects").all();
  return new Map(rows.map((row) => [Number(row["id"]), row]));
}

/** Returns the UUID of a run. For a run of Python ato, it is derived from values that never change. */
function uuidOf(row: Row, project: string): string {
  if (typeof row["uuid"] === "string") return row["uuid"];
  const parts = [project, row["id"], row["start_time"], row["config"]];
  return uuidFrom(parts.map(String));
}

/**
 * Derives a UUID from strings: equal strings give equal UUIDs. Version 8 of RFC 9562.
 *
 * @param parts The strings.
 * @returns the UUID.
 */
export function uuidFrom(parts: readonly string[]): string {
  const bytes = createHash("sha256").update(JSON.stringify(parts)).digest()
    .subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString("hex").replace(
    /^(.{8})(.{4})(.{4})(.{4})(.{12})$/,
    "$1-$2-$3-$4-$5",
  );
}

/** Whether the other file has more of a run: a later attempt, its end, more points, or a later sign of life. */
function knowsMore(
  from: Connection,
  row: Row,
  other: { to: Connection; found: Row },
): boolean {
  const progress = (connection: Connection, run: Row): number[] => [
    Number(run["attempt"] ?? 0),
    run["status"] === "running" ? 0 : 1,
    pointsOf(connection, Number(run["id"])),
    run["status"] === "running" ? heartbeatOf(connection, run) : 0,
  ];
  const [theirs, ours] = [
    progress(from, row),
    progress(other.to, other.found),
  ];
  const differs = theirs.findIndex((value, i) => value !== ours[i]);
  return differs >= 0 && theirs[differs]! > ours[differs]!;
}

/** Whether the other file has fewer points of any metric. Points are counted: a summary may be wrong. */
function hasFewer(
  from: Connection,
  row: Row,
  other: { to: Connection; found: Row },
): boolean {
  const theirs = countsOf(from, Number(row["id"]));
  const ours = countsOf(other.to, Number(other.found["id"]));
  return [...ours].some(([key, count]) => (theirs.get(key) ?? 0) < count);
}

/** Returns the number of points of each metric of a run, in all attempts. */
function countsOf(connection: Connection, runId: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (const table of ["points", "tail"]) {
    const rows = connection.prepare(
      `SELECT s.key, count(*) AS n FROM series s JOIN ${table} p ON p.series_id = s.id
       WHERE s.run_id = ? GROUP BY s.key`,
    ).all(runId);
    for (const row of rows) {
      const key = String(row["key"]);
      counts.set(key, (counts.get(key) ?? 0) + Number(row["n"]));
    }
  }
  return counts;
}

function pointsOf(connection: Connection, runId: number): number {
  const row = connection.prepare(
    `SELECT (SELECT coalesce(sum(count), 0) FROM series WHERE run_id = ?) +
       (SELECT count(*) FROM tail WHERE run_id = ?) AS n`,
  ).get(runId, runId);
  return Number(row?.["n"]);
}

/** When a run last said that it goes on: what it recorded until then can be more than points. */
function heartbeatOf(connection: Connection, { id }: Row): number {
  if (!hasTable(connection, "run_state")) return 0;
  const row = connection.prepare(
    "SELECT heartbeat FROM run_state WHERE run_id = ?",
  ).get(id!);
  return Number(row?.["heartbeat"] ?? 0);
}

/** Marks the series of a run that has ended as complete. */
function closeSeries(to: Connection, runId: number): void {
  to.prepare(
    `UPDATE series SET closed = 1 WHERE run_id = ?
     AND (SELECT status FROM experiments WHERE id = ?) != 'running'`,
  ).run(runId, runId);
}
