/**
 * Opening the file: which driver, which journal mode.
 *
 * @module
 */
import { statfsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { isGranted } from "../runtime/permissions.ts";
import { attempt } from "./_attempt.ts";
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
import { retryBusy } from "./retry.ts";

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

/** Types of network file systems, as statfs(2) tells them. */
const NETWORK_TYPES: Record<number, string> = {
  0x6969: "NFS",
  0x517b: "SMB",
  0xff534d42: "CIFS",
  0xfe534d42: "SMB",
  0x5346414f: "AFS",
  0x0bd00bd0: "Lustre",
  0x47504653: "GPFS",
  0x00c36400: "Ceph",
  0x19830326: "BeeGFS",
  0x01161970: "GFS2",
  0x7461636f: "OCFS2",
};

/**
 * The network file system under a path.
 *
 * @param path A file, which need not exist; its folder must.
 * @returns its name, or `undefined` for a local one and where it cannot be told.
 */
export function networkFileSystem(path: string): string | undefined {
  const folder = dirname(resolve(path));
  if (!isGranted({ name: "sys", kind: "statfs" })) return undefined;
  const type = attempt(() => statfsSync(folder).type, {
    name: "read",
    path: folder,
  });
  return type === undefined ? undefined : NETWORK_TYPES[Number(type) >>> 0];
}

const warned = new Set<string>();

function warnOnce(message: string, options: OpenOptions): void {
  if (options.onWarning !== undefined) return options.onWarning(message);
  if (warned.has(message)) return;
  warned.add(message);
  console.error(`ato: ${message}`);
}

/** Why WAL must not be used, if so. */
function reasonAgainstWal(path: string, version: string): string | undefined {
  const network = networkFileSystem(path);
  if (network !== undefined) {
    return `${path} is on a network file system (${network}), where SQLite's WAL mode is unsafe; ` +
      "write one file per host and merge them afterwards";
  }
  if (!hasWalResetBug(version)) return undefined;
  return `SQLite ${version} can lose rows in WAL mode (the WAL-reset bug); ${path} is used in the ` +
    "slower DELETE mode; update the runtime to get 3.51.3 or newer";
}

/**
 * Opens a file for writing.
 *
 * @param path Its path; it is created if need be, its folder is not.
 * @param options How.
 * @returns the connection, not yet migrated.
 * @throws {StorageError} if the file holds a trigger, view or constraint that neither Ato made.
 */
export async function openForWriting(
  path: string,
  options: OpenOptions = {},
): Promise<Connection> {
  const driver = options.driver ?? await chooseDriver();
  const timeout = options.busyTimeout ?? 30_000;
  const connection = driver.connect(path);
  try {
    // SQLite's own wait is kept short: it is not jittered, and retryBusy goes on from there.
    connection.exec("PRAGMA busy_timeout = 50");
    connection.exec(DISTRUST);
    const isForeign = (): void =>
      refuseForeign(connection, { path, action: "write" });
    retryBusy(isForeign, timeout);
    const reason = reasonAgainstWal(path, connection.sqliteVersion);
    const mode = reason === undefined ? "WAL" : "DELETE";
    const found = setJournalMode(connection, { mode, timeout });
    const full = options.synchronous === "full" || found !== "wal";
    const level = full ? "FULL" : "NORMAL";
    retryBusy(() => connection.exec(`PRAGMA synchronous = ${level}`), timeout);
    if (reason !== undefined) {
      // Where others hold the file in WAL mode, at least this process never resets the WAL.
      if (found === "wal") connection.exec("PRAGMA wal_autocheckpoint = 0");
      warnOnce(reason, options);
    }
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** The file may come from anybody: its schema may call no risky function, and sizes are checked. */
const DISTRUST = "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON";

function setJournalMode(
  connection: Connection,
  options: { mode: string; timeout: number },
): string {
  const read = (sql: string): string =>
    String(connection.prepare(sql).get()?.["journal_mode"]).toLowerCase();
  return retryBusy(() => {
    const current = read("PRAGMA journal_mode");
    if (current === options.mode.toLowerCase() || current === "memory") {
      return current;
    }
    try {
      return read(`PRAGMA journal_mode = ${options.mode}`);
    } catch (error) {
      // Leaving WAL needs the file alone; others hold it, so it stays as it is.
      if (
        options.mode === "DELETE" && classifyStorageProblem(error) === "busy"
      ) return current;
      throw error;
    }
  }, options.timeout);
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
