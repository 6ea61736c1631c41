/** Opens a file for writing: in WAL mode if that is safe. */
import { networkFileSystem } from "./_network_file_system.ts";
import { DISTRUST, refuseForeign } from "./_schema_check.ts";
import { prepareFile } from "./_prepare_file.ts";
import { hasWalResetBug } from "./_sqlite_version.ts";
import type { Connection, Driver } from "./driver.ts";
import { classifyStorageProblem } from "./errors.ts";
import type { OpenOptions } from "./open.ts";
import { retryBusy } from "./retry.ts";

const warned = new Set<string>();

function warnOnce(message: string, options: OpenOptions): void {
  if (options.onWarning !== undefined) return options.onWarning(message);
  if (warned.has(message)) return;
  warned.add(message);
  console.error(`ato: ${message}`);
}

/** Returns why WAL must not be used, if it must not. */
function reasonAgainstWal(path: string, version: string): string | undefined {
  const network = networkFileSystem(path);
  if (network !== undefined) {
    return `${path} is on a network file system (${network}), where SQLite's WAL mode is unsafe; ` +
      "write a file for each host and merge them afterwards";
  }
  if (!hasWalResetBug(version)) return undefined;
  return `SQLite ${version} can lose rows in WAL mode (the WAL-reset bug), so ${path} is used in the ` +
    "slower DELETE mode; update the runtime to get 3.51.3 or newer";
}

/**
 * Opens a file for writing with a driver; `openForWriting` chooses one first.
 *
 * @throws {StorageError} If the file or its folder cannot be made, or the file contains a trigger, view or
 *   constraint that neither this Ato nor Python ato makes.
 */
export function openWith(
  driver: Driver,
  path: string,
  options: OpenOptions,
): Connection {
  const timeout = options.busyTimeout ?? 30_000;
  prepareFile(path);
  const connection = driver.connect(path);
  try {
    // SQLite's own wait is short, because it has no jitter; retryBusy waits longer.
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
      // If other processes use the file in WAL mode, at least this one never resets the WAL.
      if (found === "wal") connection.exec("PRAGMA wal_autocheckpoint = 0");
      warnOnce(reason, options);
    }
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

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
      // The mode can leave WAL only if no other process has the file open, and one has.
      if (
        options.mode === "DELETE" && classifyStorageProblem(error) === "busy"
      ) return current;
      throw error;
    }
  }, options.timeout);
}
