/** The schema version of a file. */
import type { Connection } from "./driver.ts";

/** Returns the schema version of a file; 0 for an empty file and for one of Python ato. */
export function schemaVersion(connection: Connection): number {
  return Number(
    connection.prepare("PRAGMA user_version").get()?.["user_version"],
  );
}
