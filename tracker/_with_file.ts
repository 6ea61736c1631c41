/** Opening a file for one write. */
import { migrate } from "./_migrations.ts";
import { dbPathOf, type TrackerConfig } from "./db_path.ts";
import { GuardedConnection } from "./_reading.ts";
import type { Connection } from "./driver.ts";
import { classifyStorageProblem, toStorageError } from "./errors.ts";
import { openForWriting, type OpenOptions } from "./open.ts";

/** Opens the file, brings its schema up to date, calls `work`, and closes it. */
export async function withFile<T>(
  config: TrackerConfig | string,
  options: OpenOptions,
  work: (connection: Connection, timeout: number) => T,
): Promise<T> {
  const path = dbPathOf(config);
  const timeout = options.busyTimeout ?? 30_000;
  const connection = new GuardedConnection(
    await guardedOpen(path, options),
    { path, action: "write" },
  );
  try {
    migrate(connection, { path, timeout });
    return work(connection, timeout);
  } finally {
    connection.close();
  }
}

async function guardedOpen(
  path: string,
  options: OpenOptions,
): Promise<Connection> {
  try {
    return await openForWriting(path, options);
  } catch (error) {
    if (classifyStorageProblem(error) === undefined) throw error;
    throw toStorageError("open", { path, cause: error });
  }
}
