/** Copies what hangs on a run from one file to another. */
import { drainTail, rebuildSeries } from "./_rebuild.ts";
import type { Connection, Row, SqlValue } from "./driver.ts";

/** Two files, and the run in each. */
export interface Copy {
  readonly from: Connection;
  readonly to: Connection;
  readonly fromId: number;
  readonly toId: number;
  /** The project of the run in the file that is written. */
  readonly projectId: number;
}

/** Tables whose rows name the run and nothing else that differs between files. */
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

/** Whether a file has a table; older schemas lack some. */
export function hasTable(connection: Connection, table: string): boolean {
  return connection.prepare(
    `SELECT 1 AS found FROM sqlite_master WHERE name = ?
     UNION SELECT 1 FROM sqlite_temp_master WHERE name = ?`,
  ).get(table, table) !== undefined;
}

/** Inserts rows, each column under its own name. */
function insertRows(
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
      ...columns.map((name): SqlValue => set[name] ?? row[name] ?? null),
    );
  }
}

function quote(name: string): string {
  return `"${name}"`;
}

function rowsOf(copy: Copy, table: string, order = ""): Iterable<Row> {
  return copy.from.prepare(
    `SELECT * FROM ${table} WHERE run_id = ? ${order}`,
  ).iterate(copy.fromId);
}

/** Copies everything but the run's own row. */
export function copyParts(copy: Copy): void {
  const set = { run_id: copy.toId };
  for (const table of PLAIN) {
    insertRows(copy.to, { table, rows: rowsOf(copy, table), set });
  }
  for (const table of NUMBERED) {
    const rows = rowsOf(copy, table, "ORDER BY id");
    insertRows(copy.to, { table, rows, set, skip: ["id"] });
  }
  copyDeep(copy);
  copySeries(copy);
}

/** Lists that many runs have in common are stored once in each file, under another id. */
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
      ).get(toId, row["key"]!, row["attempt"]!)!["id"],
    );
    ids.set(Number(row["id"]), id);
    for (const table of ["points", "rollups"]) {
      const rows = from.prepare(`SELECT * FROM ${table} WHERE series_id = ?`)
        .iterate(row["id"]!);
      insertRows(to, { table, rows, set: { series_id: id } });
    }
  }
  copyTail(copy, ids);
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
