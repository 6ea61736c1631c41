/**
 * Chooses a driver, and opens a file with it.
 *
 * @module
 */
import { attempt } from "../internal/attempt.ts";
import { GuardedConnection } from "./_reading.ts";
import { DISTRUST, refuseForeign } from "./_schema_check.ts";
import { hasWalResetBug } from "./_sqlite_version.ts";
import type { Connection, Driver } from "./driver.ts";
import { canUseFfi, loadFfiDriver } from "./drivers/ffi_sqlite.ts";
import { loadNodeDriver } from "./drivers/node_sqlite.ts";
import {
  classifyStorageProblem,
  toStorageError,
  TrackerUsageError,
} from "./errors.ts";

export { networkFileSystem } from "./_network_file_system.ts";

/** Options for opening a file. */
export interface OpenOptions {
  /**
   * The SQLite driver.
   *
   * @default {the one that `chooseDriver` chooses}
   */
  readonly driver?: Driver;
  /**
   * What a write survives after its call has returned. `normal`: a killed process; `full`: also a power
   * cut.
   *
   * @default {"normal"}
   */
  readonly synchronous?: "normal" | "full";
  /**
   * How long to wait for another writer, in milliseconds.
   *
   * @default {30000}
   */
  readonly busyTimeout?: number;
  /**
   * Receives warnings, one line each.
   *
   * @default {writes to stderr}
   */
  readonly onWarning?: (message: string) => void;
}

/**
 * Chooses the driver: the one that `ATO_SQLITE` names, `ffi` or `node`; otherwise `@db/sqlite` if its
 * library is available and free of the WAL-reset bug, else `node:sqlite`.
 *
 * @returns the driver.
 * @throws {TrackerUsageError} If `ATO_SQLITE` names no driver, or one that cannot be used here.
 */
export async function chooseDriver(): Promise<Driver> {
  const forced = attempt(() => process.env["ATO_SQLITE"], {
    name: "env",
    variable: "ATO_SQLITE",
  });
  if (forced === "node") return await loadNodeDriver();
  if (forced === "ffi") return await loadFfiDriver();
  if (forced !== undefined && forced !== "") {
    throw new TrackerUsageError(
      `Cannot use ATO_SQLITE=${forced}: there is no such driver; use ffi or node`,
    );
  }
  if (!canUseFfi()) return await loadNodeDriver();
  let ffi: Driver | undefined;
  try {
    ffi = await loadFfiDriver();
  } catch {
    // The library that DENO_SQLITE_PATH names cannot be loaded; node:sqlite can do the same.
    return await loadNodeDriver();
  }
  if (!hasWalResetBug(ffi.sqliteVersion)) return ffi;
  const node = await loadNodeDriver();
  return hasWalResetBug(node.sqliteVersion) ? ffi : node;
}

/**
 * Opens a file for writing.
 *
 * @param path Its path; the file and its folder are made if they are missing. Only the owner can read a
 *   new file.
 * @param options Options for opening it.
 * @returns the connection; the schema is not migrated.
 * @throws {StorageError} If the file or its folder cannot be made, or the file contains a trigger, view or
 *   constraint that neither this Ato nor Python ato makes.
 */
export async function openForWriting(
  path: string,
  options: OpenOptions = {},
): Promise<Connection> {
  const driver = options.driver ?? await chooseDriver();
  // Programs that only read need nothing of this.
  const { openWith } = await import("./_open_with.ts");
  return openWith(driver, path, options);
}

/**
 * Opens a file for reading. Nothing in it or beside it is changed.
 *
 * @param path Its path.
 * @param options The driver; `tables` names the tables that are going to be read, if another tool made the
 *   file.
 * @returns the connection; if something cannot be read through it, a `StorageError` names the table.
 * @throws {StorageError} If one of the tables is not a table, or runs expressions by itself.
 */
export async function openForReading(
  path: string,
  options: { driver?: Driver; tables?: readonly string[] } = {},
): Promise<Connection> {
  const driver = options.driver ?? await chooseDriver();
  const tables = options.tables && new Set(options.tables);
  const target = { driver, path, tables };
  try {
    return openReadOnly(target, false);
  } catch (error) {
    const problem = classifyStorageProblem(error);
    if (problem !== "io" && problem !== "readonly") throw error;
    try {
      // WAL needs a file beside the database. In a folder that is not writable, no process writes.
      return openReadOnly(target, true);
    } catch {
      // The first error is more useful.
      throw error;
    }
  }
}

function openReadOnly(
  { driver, path, tables }: {
    driver: Driver;
    path: string;
    tables: ReadonlySet<string> | undefined;
  },
  immutable: boolean,
): Connection {
  let connection: Connection | undefined;
  try {
    connection = driver.connect(path, { readOnly: true, immutable });
    connection.exec("PRAGMA busy_timeout = 5000");
    connection.exec(DISTRUST);
    connection.exec("PRAGMA ignore_check_constraints = ON");
    const action = "read";
    refuseForeign(connection, { path, action, ...(tables && { tables }) });
    return new GuardedConnection(connection, { path, action });
  } catch (error) {
    connection?.close();
    throw toStorageError("read", { path, cause: error });
  }
}
