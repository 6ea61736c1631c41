/** Copies everything that belongs to a run from one file to another. */
import { decodeValue } from "./_bucket.ts";
import { copyFactors } from "./_copy_factors.ts";
import { eraseParts } from "./_erase.ts";
import { readJson } from "../internal/json.ts";
import { MILLISECONDS_OF } from "./_schema_sql.ts";
import { drainTail, rebuildSeries } from "./_rebuild.ts";
import { hasTable } from "./_schema_version.ts";
import { toStorable } from "./_storable_text.ts";
import type { Point } from "./_series_writer.ts";
import { linkParent, parentOf } from "./_parents.ts";
import type { Connection, Row, SqlValue } from "./driver.ts";
import { classifyStorageProblem } from "./errors.ts";

/** Two files, and the run in each. */
export interface Copy {
  readonly from: Connection;
  readonly to: Connection;
  readonly fromId: number;
  readonly toId: number;
  /** The project of the run in the file that is written. */
  readonly projectId: number;
}

/** Tables whose rows have the id of the run, and no other id that differs between files. */
const PLAIN = [
  "run_details",
  "run_state",
  "attempts",
  "outputs",
  "fingerprint_gaps",
] as const;

/** Tables whose rows have an id of their own in each file. */
const NUMBERED = ["artifacts", "fingerprints"] as const;

/** The columns of a table in the file that is written. */
function columnsOf(connection: Connection, table: string): string[] {
  return connection.prepare(`PRAGMA table_info(${table})`).all()
    .map((row) => String(row["name"]));
}

/** Inserts rows, each column under its own name. */
export function insertRows(
  to: Connection,
  options: {
    table: string;
    rows: Iterable<Row>;
    /** Columns whose values differ in this file. */
    set: Row;
    /** Columns that this file fills in itself. */
    skip?: readonly string[];
  },
): void {
  const { table, rows, set, skip = [] } = options;
  const columns = columnsOf(to, table).filter((name) => !skip.includes(name));
  const insert = to.prepare(
    `INSERT INTO ${table} (${columns.map(quote).join(", ")}) VALUES (${
      columns.map(() => "?").join(", ")
    })`,
  );
  for (const row of rows) {
    insert.run(
      ...columns.map((name) => storableValue(set[name] ?? row[name] ?? null)),
    );
  }
}

/** Strings of other writers may have characters that not every driver returns unchanged. */
export function storableValue(value: SqlValue): SqlValue {
  return typeof value === "string" ? toStorable(value) : value;
}

function quote(name: string): string {
  return `"${name}"`;
}

function rowsOf(copy: Copy, table: string, order = ""): Iterable<Row> {
  return copy.from.prepare(
    `SELECT * FROM ${table} WHERE run_id = ? ${order}`,
  ).iterate(copy.fromId);
}

/** Copies everything except the row of the run itself. */
export function copyParts(copy: Copy): void {
  const set = { run_id: copy.toId };
  for (const table of PLAIN) {
    insertRows(copy.to, { table, rows: rowsOf(copy, table), set });
  }
  for (const table of NUMBERED) {
    const rows = rowsOf(copy, table, "ORDER BY id");
    insertRows(copy.to, { table, rows, set, skip: ["id"] });
  }
  if (hasTable(copy.from, "console")) {
    const rows = rowsOf(copy, "console", "ORDER BY start");
    insertRows(copy.to, { table: "console", rows, set, skip: ["id"] });
  }
  copyDeep(copy);
  copyFactors(copy);
  copySeries(copy);
}

/** Lists that several runs share are stored once in each file, with an id of that file. */
function copyDeep({ from, to, fromId, toId }: Copy): void {
  if (!hasTable(from, "deep_fingerprints")) return;
  const rows = from.prepare(
    `SELECT f.*, d.hash AS detail_hash, d.detail FROM deep_fingerprints f
     JOIN deep_details d ON d.id = f.detail_id WHERE f.run_id = ?`,
  ).all(fromId);
  const add = to.prepare(
    "INSERT INTO deep_details (hash, detail) VALUES (?, ?) ON CONFLICT (hash) DO NOTHING",
  );
  const find = to.prepare("SELECT id FROM deep_details WHERE hash = ?");
  for (const row of rows) {
    add.run(row["detail_hash"]!, row["detail"]!);
    const detail = find.get(row["detail_hash"]!)!["id"]!;
    insertRows(to, {
      table: "deep_fingerprints",
      rows: [row],
      set: { run_id: toId, detail_id: detail },
    });
  }
}

function copySeries(copy: Copy): void {
  const { from, to, fromId, toId, projectId } = copy;
  const ids = new Map<number, number>();
  const all = from.prepare(
    "SELECT * FROM series WHERE run_id = ? ORDER BY id",
  ).all(fromId);
  for (const row of all) {
    insertRows(to, {
      table: "series",
      rows: [row],
      set: { run_id: toId, project_id: projectId },
      skip: ["id"],
    });
    const id = Number(
      to.prepare(
        "SELECT id FROM series WHERE run_id = ? AND key = ? AND attempt = ?",
      ).get(toId, storableValue(row["key"]!), row["attempt"]!)!["id"],
    );
    ids.set(Number(row["id"]), id);
    const copied = copyPoints(copy, { fromSeries: row["id"]!, toSeries: id });
    if (isWrong(row, copied)) rebuildSeries(to, id);
  }
  copyTail(copy, ids);
}

/** Copies the points of a series with their rollups, and counts them. */
function copyPoints(
  { from, to }: Copy,
  { fromSeries, toSeries }: { fromSeries: SqlValue; toSeries: number },
): number {
  let count = 0;
  function* counted(rows: Iterable<Row>): Iterable<Row> {
    for (const row of rows) {
      count++;
      yield row;
    }
  }
  const set = { series_id: toSeries };
  const rowsIn = (table: string): Iterable<Row> =>
    from.prepare(`SELECT * FROM ${table} WHERE series_id = ?`)
      .iterate(fromSeries);
  insertRows(to, { table: "rollups", rows: rowsIn("rollups"), set });
  insertRows(to, { table: "points", rows: counted(rowsIn("points")), set });
  return count;
}

/** Whether the summary of a series contradicts its points; points after a cut do not count. */
function isWrong(series: Row, points: number): boolean {
  const claimed = Number(series["count"]);
  return series["cut_step"] === null ? claimed !== points : claimed > points;
}

/** The newest points of a run that is not closed, or all points of a file of Python ato. */
function copyTail(copy: Copy, ids: ReadonlyMap<number, number>): void {
  const { to, toId } = copy;
  function* rows(): Iterable<Row> {
    for (const row of rowsOf(copy, "tail")) {
      yield { ...row, series_id: ids.get(Number(row["series_id"])) ?? null };
    }
  }
  insertRows(to, { table: "tail", rows: rows(), set: { run_id: toId } });
  drainTail(to, toId);
  const unsummed = to.prepare(
    "SELECT id FROM series WHERE run_id = ? AND count = 0",
  ).all(toId);
  for (const row of unsummed) rebuildSeries(to, Number(row["id"]));
}

/** The id of a project in the file that is written; it is added if it is missing. */
export function projectIn(
  to: Connection,
  project: Row,
  known: Map<string, number> = new Map(),
): number {
  const name = toStorable(String(project["name"]));
  let id = known.get(name);
  if (id === undefined) {
    to.prepare(
      "INSERT INTO projects (name, description, created_at) VALUES (?, ?, ?) ON CONFLICT (name) DO NOTHING",
    ).run(name, ...valuesOf(project, ["description", "created_at"]));
    id = Number(
      to.prepare("SELECT id FROM projects WHERE name = ?").get(name)!["id"],
    );
    known.set(name, id);
  }
  return id;
}

/** The columns of a run that have the same meaning in every file. */
const RUN_COLUMNS = [
  "config",
  "structural_hash",
  "tags",
  "status",
  "start_time",
  "end_time",
  "name",
  "notes",
  "attempt",
  "seed",
  "error",
  "duration",
] as const;

/** The values of some columns. */
function valuesOf(row: Row, columns: readonly string[]): SqlValue[] {
  return columns.map((name) => storableValue(row[name] ?? null));
}

/** Writes the row of a run, and returns its id. */
export function insertRun(
  to: Connection,
  options: { row: Row; uuid: string; projectId: number },
): number {
  const { row, uuid, projectId } = options;
  const inserted = to.prepare(
    `INSERT INTO experiments (project_id, uuid, ${RUN_COLUMNS.join(", ")})
     VALUES (?, ?, ${RUN_COLUMNS.map(() => "?").join(", ")}) RETURNING id`,
  ).get(projectId, uuid, ...valuesOf(row, RUN_COLUMNS))!;
  return Number(inserted["id"]);
}

/**
 * Updates the row of a run that the file already has, and erases all that belongs to it, so that it can
 * be copied again. What users wrote about the run in either file is kept.
 */
export function updateRun(
  to: Connection,
  options: { row: Row; found: Row },
): number {
  const { row, found } = options;
  const id = Number(found["id"]);
  eraseParts(to, id);
  const tagsOf = (one: Row): string[] =>
    readJson<string[] | null>(one["tags"], []) ?? [];
  const merged = {
    ...row,
    tags: JSON.stringify([...new Set([...tagsOf(found), ...tagsOf(row)])]),
    name: found["name"] ?? row["name"] ?? null,
    notes: found["notes"] ?? row["notes"] ?? null,
  };
  to.prepare(
    `UPDATE experiments SET ${
      RUN_COLUMNS.map((name) => `${name} = ?`).join(", ")
    } WHERE id = ?`,
  ).run(...valuesOf(merged, RUN_COLUMNS), id);
  return id;
}

/** Copies the sources of code fingerprints. */
export function copySources(from: Connection, to: Connection): void {
  const insert = to.prepare("INSERT OR IGNORE INTO sources VALUES (?, ?)");
  const rows = from.prepare("SELECT hash, source FROM sources").iterate();
  for (const row of rows) {
    insert.run(row["hash"]!, storableValue(row["source"]!));
  }
}

/** Whether all points of a run can be read. */
export function isReadable(from: Connection, uuid: string): boolean {
  const sum = from.prepare(
    `SELECT count(p.value), sum(p.seq) FROM experiments e JOIN series s ON s.run_id = e.id
     JOIN points p ON p.series_id = s.id WHERE e.uuid = ?`,
  );
  try {
    sum.get(uuid);
    return true;
  } catch (error) {
    if (classifyStorageProblem(error) === "busy") throw error;
    // The old file was damaged when it was taken away.
    return false;
  }
}

const POINTS_OF = (table: string): string =>
  `SELECT s.key, s.start + p.at AS time, p.step, p.value, p.kind FROM experiments e
   JOIN series s ON s.run_id = e.id JOIN ${table} p ON p.series_id = s.id
   WHERE e.uuid = ? AND (s.cut_step IS NULL OR p.step <= s.cut_step)`;

/** Selects the points of a run that were not superseded, each metric in its order. */
export function* pointsOf(from: Connection, uuid: string): Iterable<Point> {
  for (const table of ["points", "tail"]) {
    for (const row of from.prepare(POINTS_OF(table)).iterate(uuid)) {
      yield {
        key: String(row["key"]),
        value: decodeValue(row["value"], row["kind"]),
        step: Number(row["step"]),
        at: Number(row["time"]),
      };
    }
  }
}

/** The files that a run recorded, as a spill file stores them. */
export function artifactsOf(from: Connection, uuid: string): Row[] {
  return from.prepare(
    `SELECT path, data_type AS type, data_info AS info, size, sha256,
       ${MILLISECONDS_OF("a.logged_at")} AS at
     FROM artifacts a JOIN experiments e ON e.id = a.run_id WHERE e.uuid = ? ORDER BY a.id`,
  ).all(uuid);
}

/**
 * Copies a run with everything that belongs to it into another file. If that file has an older state of
 * the run, it is updated.
 *
 * @returns its id there, or `undefined` if the first file does not have it.
 */
export function carryRun(
  from: Connection,
  to: Connection,
  uuid: string,
): number | undefined {
  const row = from.prepare("SELECT * FROM experiments WHERE uuid = ?").get(
    uuid,
  );
  const project = row &&
    from.prepare("SELECT * FROM projects WHERE id = ?").get(row["project_id"]!);
  if (row === undefined || project === undefined) return undefined;
  const projectId = projectIn(to, project);
  const found = to.prepare("SELECT * FROM experiments WHERE uuid = ?").get(
    uuid,
  );
  const toId = found === undefined
    ? insertRun(to, { row, uuid, projectId })
    : updateRun(to, { row, found });
  copyParts({ from, to, fromId: Number(row["id"]), toId, projectId });
  copySources(from, to);
  const parent = parentOf(from, row);
  if (parent !== null) linkParent(to, uuid, parent);
  return toId;
}
