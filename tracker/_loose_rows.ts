/** Rows that belong to no run. What a run has of them cannot be shown, and must not be missed in silence. */
import { hasTable } from "./_copy_run.ts";
import type { Connection } from "./driver.ts";

/** Tables whose rows name another one's, by a column that an index begins with. */
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
    ["tail", "run_id", "experiments"],
    ["points", "series_id", "series"],
    ["rollups", "series_id", "series"],
  ];

/**
 * The first table with rows that belong to nothing, as far as the ends of an index tell: ids that
 * there are not, and values that are not ids. That costs the same however large the file is.
 */
export function looseTable(connection: Connection): string | undefined {
  for (const [table, column, of] of LINKS) {
    if (!hasTable(connection, table)) continue;
    const row = connection.prepare(
      `SELECT (SELECT min(${column}) FROM ${table}) AS least,
         (SELECT max(${column}) FROM ${table}) AS most,
         (SELECT 1 FROM ${table} WHERE ${column} IS NULL LIMIT 1) AS unnamed,
         (SELECT min(id) FROM ${of}) AS first, (SELECT max(id) FROM ${of}) AS last`,
    ).get()!;
    const { least, most, unnamed, first, last } = row;
    if (least === null && unnamed === null) continue;
    const isWithin = unnamed === null && typeof least === "number" &&
      typeof most === "number" && typeof first === "number" &&
      typeof last === "number" && least >= first && most <= last;
    if (!isWithin) return table;
  }
  return undefined;
}
