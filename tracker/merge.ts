/**
 * Bringing the runs of several files together.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { existsSync, realpathSync } from "node:fs";
import {
  copyParts,
  copySources,
  hasTable,
  insertRun,
  projectIn,
  updateRun,
} from "./_copy_run.ts";
import { damageOf } from "./_sound_run.ts";
import { addLegacyViews } from "./_legacy_views.ts";
import { refuseNewer, schemaVersion } from "./_migrations.ts";
import { checkChoice, checkName } from "./_check.ts";
import { checkOpenOptions } from "./_logger_checks.ts";
import { withFile } from "./_with_file.ts";
import { dbPathOf, type TrackerConfig } from "./db_path.ts";
import type { Connection, Row } from "./driver.ts";
import {
  classifyStorageProblem,
  toStorageError,
  TrackerUsageError,
} from "./errors.ts";
import { openForReading, type OpenOptions } from "./open.ts";
import { transact } from "./retry.ts";

/** What a merge did. */
export interface MergeResult {
  /** The ids, in the file that was written, of runs that it had not. */
  readonly added: readonly number[];
  /** Those of runs that the other file knew more of. */
  readonly updated: readonly number[];
  /** How many runs it had already. */
  readonly same: number;
  /**
   * Those of runs that the other file claims to know more of, with fewer points of a metric; they
   * stayed as they are. Absent where there are none.
   */
  readonly kept?: readonly number[];
}

/** How to merge. */
export interface MergeOptions extends OpenOptions {
  /**
   * What to do with a run that the other file knows more of, but with fewer points of a metric: `keep`
   * the one that is there, or `take` the other one, so that points are lost.
   *
   * @default {"keep"}
   */
  readonly fewer?: "keep" | "take";
}

/**
 * Takes the runs of another file into this one, with everything that they have: metric points,
 * artifacts, fingerprints and sources, recorded calls, who set what, attempts. Runs are known by
 * their UUID, so a second merge adds nothing; where the other file knows more of a run (it was
 * still running, or was resumed), the run is brought up to date and keeps its id, tags and notes.
 * Points never become fewer, unless asked. A run that is damaged is left out, with a line. One
 * transaction: all other runs come, or none. The other file is not changed; runs in its trash stay there.
 *
 * @param config The config or path that names the file to write.
 * @param otherPath The path of the other file: one of Ato, or of Python ato. A run of the latter has
 * no UUID and gets one made from what it is, the same each time.
 * @param options How to open the file.
 * @returns what was done.
 * @throws {TrackerUsageError} if the other file is not there, is this one, or holds no runs.
 * @throws {NewerSchemaError} if a newer Ato wrote it.
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
  const action = "merge";
  checkOpenOptions(options, action);
  const { fewer = "keep" } = options;
  checkChoice(fewer, { action, what: "fewer" }, ["keep", "take"]);
  checkName(otherPath, { action, what: "the path of the other file" });
  if (!existsSync(otherPath)) {
    throw new TrackerUsageError(
      `Cannot merge ${otherPath}: there is no such file`,
    );
  }
  const path = dbPathOf(config);
  if (existsSync(path) && realpathSync(path) === realpathSync(otherPath)) {
    throw new TrackerUsageError(
      `Cannot merge ${otherPath}: it is the file itself; name another one`,
    );
  }
  const { onWarning: tell = (line) => console.error(`ato: ${line}`) } = options;
  const from = await openOther(otherPath, options);
  try {
    return await withFile(
      config,
      options,
      (to, timeout) =>
        transact(to, {
          work: () => mergeAll(from, to, { fewer, tell }),
          timeout,
        }),
    );
  } finally {
    from.close();
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
        `Cannot merge ${path}: it holds no runs; name a file of Ato`,
      );
    }
    if (schemaVersion(connection) === 0) addLegacyViews(connection);
    // What is read is of one moment, however long it takes.
    connection.exec("BEGIN");
    return connection;
  } catch (error) {
    connection?.close();
    if (classifyStorageProblem(error) === undefined) throw error;
    throw toStorageError("read", { path, cause: error });
  }
}

function mergeAll(
  from: Connection,
  to: Connection,
  { fewer, tell }: {
    fewer: "keep" | "take";
    tell: (line: string) => void;
  },
): MergeResult {
  const [added, updated, kept]: [number[], number[], number[]] = [[], [], []];
  let same = 0;
  const names = projectNames(from);
  const projects = new Map<string, number>();
  const ids = new Map<number, number>();
  const runs = from.prepare(
    "SELECT * FROM experiments WHERE deleted_at IS NULL ORDER BY id",
  ).all();
  const find = to.prepare("SELECT * FROM experiments WHERE uuid = ?");
  for (const row of runs) {
    const project = names.get(Number(row["project_id"]));
    if (project === undefined) continue;
    const uuid = uuidOf(row, String(project["name"]));
    const found = find.get(uuid);
    const fromId = Number(row["id"]);
    if (found !== undefined) ids.set(fromId, Number(found["id"]));
    if (found !== undefined && !knowsMore(from, row, { to, found })) {
      same++;
      continue;
    }
    const damage = damageOf(from, row);
    if (damage !== undefined) {
      tell(`${damage.message}; it was not taken`);
      continue;
    }
    if (
      found !== undefined && fewer === "keep" &&
      hasFewer(from, row, { to, found })
    ) {
      kept.push(Number(found["id"]));
      continue;
    }
    const projectId = projectIn(to, project, projects);
    const toId = found === undefined
      ? insertRun(to, { row, uuid, projectId })
      : updateRun(to, { row, found });
    copyParts({ from, to, fromId, toId, projectId });
    closeSeries(to, toId);
    ids.set(fromId, toId);
    (found === undefined ? added : updated).push(toId);
  }
  linkParents(to, { runs, ids, written: new Set([...added, ...updated]) });
  copySources(from, to);
  return { added, updated, same, ...(kept.length > 0 && { kept }) };
}

function projectNames(from: Connection): Map<number, Row> {
  const rows = from.prepare("SELECT * FROM projects").all();
  return new Map(rows.map((row) => [Number(row["id"]), row]));
}

/** A run of Python ato has no UUID: one is made from what never changes of it. */
function uuidOf(row: Row, project: string): string {
  if (typeof row["uuid"] === "string") return row["uuid"];
  const parts = [project, row["id"], row["start_time"], row["config"]];
  return uuidFrom(parts.map(String));
}

/**
 * Makes a UUID from texts: the same texts, the same UUID. Version 8 of RFC 9562.
 *
 * @param parts The texts.
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

/** Whether the other file has more of a run: a later attempt, its end, or more points. */
function knowsMore(
  from: Connection,
  row: Row,
  other: { to: Connection; found: Row },
): boolean {
  const progress = (connection: Connection, run: Row): number[] => [
    Number(run["attempt"] ?? 0),
    run["status"] === "running" ? 0 : 1,
    pointsOf(connection, Number(run["id"])),
  ];
  const [theirs, ours] = [
    progress(from, row),
    progress(other.to, other.found),
  ];
  const differs = theirs.findIndex((value, i) => value !== ours[i]);
  return differs >= 0 && theirs[differs]! > ours[differs]!;
}

/** Whether the other file has fewer points of any metric. They are counted: a summary may claim anything. */
function hasFewer(
  from: Connection,
  row: Row,
  other: { to: Connection; found: Row },
): boolean {
  const theirs = countsOf(from, Number(row["id"]));
  const ours = countsOf(other.to, Number(other.found["id"]));
  return [...ours].some(([key, count]) => (theirs.get(key) ?? 0) < count);
}

/** How many points each metric of a run has, in all attempts. */
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

/** Nothing more comes to a run that has ended. */
function closeSeries(to: Connection, runId: number): void {
  to.prepare(
    `UPDATE series SET closed = 1 WHERE run_id = ?
     AND (SELECT status FROM experiments WHERE id = ?) != 'running'`,
  ).run(runId, runId);
}

function linkParents(
  to: Connection,
  options: {
    runs: readonly Row[];
    ids: ReadonlyMap<number, number>;
    written: ReadonlySet<number>;
  },
): void {
  const update = to.prepare(
    "UPDATE experiments SET parent_id = ? WHERE id = ?",
  );
  for (const row of options.runs) {
    const id = options.ids.get(Number(row["id"]));
    const parent = row["parent_id"] == null
      ? undefined
      : options.ids.get(Number(row["parent_id"]));
    if (id !== undefined && parent !== undefined && options.written.has(id)) {
      update.run(parent, id);
    }
  }
}
