/** Opens the database of a run, and remembers which file it is. */
import type { LoggerSettings } from "./_logger_settings.ts";
import { migrate } from "./_migrations.ts";
import { openWith } from "./_open_with.ts";
import { OwnFile } from "./_own_file.ts";
import { prepareFile } from "./_prepare_file.ts";
import type { Connection, Driver } from "./driver.ts";
import { StorageError } from "./errors.ts";

/** An open database with the newest schema. */
export interface Database {
  readonly connection: Connection;
  /** The file that it is; a database in memory is none. */
  readonly own: OwnFile | undefined;
}

/**
 * Opens the database, which is made if it is missing.
 *
 * @throws {StorageError} If it cannot be opened, or was taken away meanwhile.
 * @throws {NewerSchemaError} If a newer Ato wrote it.
 */
export function openDatabase(
  driver: Driver,
  settings: LoggerSettings,
): Database {
  const { path, timeout, options } = settings;
  prepareFile(path);
  const own = path === ":memory:" ? undefined : new OwnFile(path);
  const connection = openWith(driver, path, options);
  try {
    migrate(connection, { path, timeout });
    own?.noteCompanions();
    if (own === undefined || own.state === "there") return { connection, own };
    throw new StorageError(
      `Cannot open ${path}: it was taken away while it was being opened`,
      { problem: "io" },
    );
  } catch (error) {
    connection.close();
    throw error;
  }
}
