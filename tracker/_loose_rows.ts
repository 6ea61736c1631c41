/** Finds rows that belong to no run. They cannot be shown, so the user must be warned of them. */
import { hasTable } from "./_schema_version.ts";
import type { Connection } from "./driver.ts";

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

/**
 * Returns the first table with rows that belong to nothing, as far as the ends of an index show it: ids
 * that do not exist, and values that are not ids. The time does not grow with the file.
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
