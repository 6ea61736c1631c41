/** Finds rows that belong to no run. They cannot be shown, so the user must be warned of them. */
import { hasTable } from "./_schema_version.ts";
import type { Connection, Row } from "./driver.ts";

/** Tables whose rows refer to another table, by a column that an index starts with. */
const LINKS: readonly (readonly [table: string, column: string, of: string])[] =
  [
    ["experiments", "project_id", "projects"],
    ["artifacts", "run_id", "experiments"],
    ["fingerprints", "run_id", "experiments"],
    ["run_details", "run_id", "experiments"],
    ["run_state", "run_id", "experiments"],
    ["attempts", "run_id", "experiments"],
    ["series", "run_id", "experiments"],
    ["outputs", "run_id", "experiments"],
    ["fingerprint_gaps", "run_id", "experiments"],
    ["deep_fingerprints", "run_id", "experiments"],
    ["run_factors", "run_id", "experiments"],
    ["run_programs", "run_id", "experiments"],
    ["console", "run_id", "experiments"],
    ["tail", "run_id", "experiments"],
    ["points", "series_id", "series"],
    ["rollups", "series_id", "series"],
  ];

/** The ends of a column, as a query without its table's rows gives them. */
function endsOf(table: string, column: string): string {
  return `(SELECT min(${column}) FROM ${table}) AS least,
    (SELECT max(${column}) FROM ${table}) AS most`;
}

/** Whether a table has rows without an owner. */
function unnamedIn(table: string, column: string): string {
  return `(SELECT 1 FROM ${table} WHERE ${column} IS NULL LIMIT 1) AS unnamed`;
}

/**
 * Returns the first table with rows that belong to nothing, as far as the ends of an index show it: ids
 * that do not exist, and values that are not ids. The time does not grow with the file.
 */
export function looseTable(connection: Connection): string | undefined {
  let ends: ReadonlyMap<string, Row>;
  try {
    ends = allEnds(connection);
  } catch {
    // One by one, a table that cannot be read is an error that names it.
    return LINKS.find((link) => isLoose(link, connection))?.[0];
  }
  return LINKS.find(([table, , of]) => {
    const row = ends.get(table);
    return row !== undefined && !isWithin(row, ends.get(`ids of ${of}`));
  })?.[0];
}

/** Reads the ends of all links in one query: each command that opens a file asks for them. */
function allEnds(connection: Connection): ReadonlyMap<string, Row> {
  const names = connection.prepare(
    "SELECT name FROM sqlite_master UNION SELECT name FROM sqlite_temp_master",
  ).all();
  const there = new Set(names.map((row) => row["name"]));
  const links = LINKS.filter(([table]) => there.has(table));
  if (links.length === 0) return new Map();
  const parts = [
    ...links.map(([table, column]) =>
      `SELECT '${table}' AS name, ${endsOf(table, column)}, ${
        unnamedIn(table, column)
      }`
    ),
    ...[...new Set(links.map(([, , of]) => of))].map((of) =>
      `SELECT 'ids of ${of}', ${endsOf(of, "id")}, NULL`
    ),
  ];
  const rows = connection.prepare(parts.join(" UNION ALL ")).all();
  return new Map(rows.map((row) => [String(row["name"]), row]));
}

function isLoose(
  [table, column, of]: (typeof LINKS)[number],
  connection: Connection,
): boolean {
  if (!hasTable(connection, table)) return false;
  const row = connection.prepare(
    `SELECT ${endsOf(table, column)}, ${unnamedIn(table, column)}`,
  ).get()!;
  const ids = connection.prepare(`SELECT ${endsOf(of, "id")}`).get()!;
  return !isWithin(row, ids);
}

/** Whether all owners are among the ids. */
function isWithin(
  { least, most, unnamed }: Row,
  ids: Row | undefined,
): boolean {
  if (least === null && unnamed === null) return true;
  const [first, last] = [ids?.["least"], ids?.["most"]];
  return unnamed === null && typeof least === "number" &&
    typeof most === "number" && typeof first === "number" &&
    typeof last === "number" && least >= first && most <= last;
}
