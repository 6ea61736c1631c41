/**
 * Opening the file: which driver, which journal mode.
 *
 * @module
 */
import { attempt } from "../internal/attempt.ts";
import { DISTRUST, openWith } from "./_open_with.ts";
import { GuardedConnection } from "./_reading.ts";
import { refuseForeign } from "./_schema_check.ts";
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

/** How to open a file for writing. */
export interface OpenOptions {
  /**
   * The SQLite driver.
   *
   * @default {chosen by `ATO_SQLITE`, then by what is there and safe}
   */
  readonly driver?: Driver;
  /**
   * `normal` survives a killed process, `full` also a power cut.
   *
   * @default {"normal"}
   */
  readonly synchronous?: "normal" | "full";
  /**
   * Milliseconds to wait for another writer.
   *
   * @default {30000}
   */
  readonly busyTimeout?: number;
  /**
   * Takes one-line warnings.
   *
   * @default {writes to stderr}
   */
  readonly onWarning?: (message: string) => void;
}

/**
 * Chooses the driver: `ATO_SQLITE=ffi` or `node` forces one; otherwise `@db/sqlite` where its
 * library is at hand and free of the WAL-reset bug, else `node:sqlite`.
 *
 * @returns the driver.
 * @throws {TrackerUsageError} if `ATO_SQLITE` names something else.
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
      `Cannot use ATO_SQLITE=${forced}: it is neither ffi nor node`,
    );
  }
  if (!canUseFfi()) return await loadNodeDriver();
  let ffi: Driver | undefined;
  try {
    ffi = await loadFfiDriver();
  } catch {
    // The library named by DENO_SQLITE_PATH does not load; node:sqlite serves as well.
    return await loadNodeDriver();
  }
  if (!hasWalResetBug(ffi.sqliteVersion)) return ffi;
  const node = await loadNodeDriver();
  return hasWalResetBug(node.sqliteVersion) ? ffi : node;
}

/**
 * Opens a file for writing.
 *
 * @param path Its path; the file and its folder are made if need be. A new file can be read by its
 *   owner only.
 * @param options How.
 * @returns the connection, not yet migrated.
 * @throws {StorageError} if the file or its folder cannot be made, or the file holds a trigger, view or
 *   constraint that neither Ato made.
 */
export async function openForWriting(
  path: string,
  options: OpenOptions = {},
): Promise<Connection> {
  const driver = options.driver ?? await chooseDriver();
  return openWith(driver, path, options);
}

/**
 * Opens a file for reading. Nothing in it or beside it is changed.
 *
 * @param path Its path.
 * @param options The driver; `tables` names those that are going to be read where the file is one of
 * another tool.
 * @returns the connection; whatever cannot be read through it is a `StorageError` that names the table.
 * @throws {StorageError} if a table that is read is no table, or runs expressions by itself.
 */
export async function openForReading(
  path: string,
  options: { driver?: Driver; tables?: readonly string[] } = {},
): Promise<Connection> {
  const driver = options.driver ?? await chooseDriver();
  const open = (immutable: boolean): Connection => {
    let connection: Connection | undefined;
    try {
      connection = driver.connect(path, { readOnly: true, immutable });
      connection.exec("PRAGMA busy_timeout = 5000");
      connection.exec(DISTRUST);
      connection.exec("PRAGMA ignore_check_constraints = ON");
      const { tables } = options;
      refuseForeign(connection, {
        path,
        action: "read",
        ...(tables !== undefined && { tables: new Set(tables) }),
      });
      return new GuardedConnection(connection, { path, action: "read" });
    } catch (error) {
      connection?.close();
      throw toStorageError("read", { path, cause: error });
    }
  };
  try {
    return open(false);
  } catch (error) {
    // WAL needs a file beside the database. In a folder that cannot be written, nobody writes.
    if (
      classifyStorageProblem(error) !== "io" &&
      classifyStorageProblem(error) !== "readonly"
    ) {
      throw error;
    }
    try {
      return open(true);
    } catch {
      // The first error tells more.
      throw error;
    }
  }
}
