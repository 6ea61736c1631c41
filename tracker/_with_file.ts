/** Opens a file for one piece of writing. */
import { migrate } from "./_migrations.ts";
import { dbPathOf, type TrackerConfig } from "./db_path.ts";
import type { Connection } from "./driver.ts";
import { openForWriting, type OpenOptions } from "./open.ts";

/** Opens the file, brings its schema up to date, does the work, and closes it. */
export async function withFile<T>(
  config: TrackerConfig | string,
  options: OpenOptions,
  work: (connection: Connection, timeout: number) => T,
): Promise<T> {
  const path = dbPathOf(config);
  const timeout = options.busyTimeout ?? 30_000;
  const connection = await openForWriting(path, options);
  try {
    migrate(connection, { path, timeout });
    return work(connection, timeout);
  } finally {
    connection.close();
  }
}
