/** The schema version of a file, and what it has. */
import type { Connection } from "./driver.ts";
import { NewerSchemaError } from "./errors.ts";

/** The schema version that this code writes. */
export const SCHEMA_VERSION = 6;

/** Returns the schema version of a file; 0 for an empty file and for one of Python ato. */
export function schemaVersion(connection: Connection): number {
  return Number(
    connection.prepare("PRAGMA user_version").get()?.["user_version"],
  );
}

/** Refuses a file of a newer Ato. */
export function refuseNewer(connection: Connection, path: string): void {
  const found = schemaVersion(connection);
  if (found > SCHEMA_VERSION) {
    throw new NewerSchemaError(path, { found, supported: SCHEMA_VERSION });
  }
}

/** Whether a file has a table; some are missing in older schemas. */
export function hasTable(connection: Connection, table: string): boolean {
  return connection.prepare(
    `SELECT 1 AS found FROM sqlite_master WHERE name = ?
     UNION SELECT 1 FROM sqlite_temp_master WHERE name = ?`,
  ).get(table, table) !== undefined;
}
