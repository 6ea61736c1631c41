import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readSync,
  statSync,
} from "node:fs";
import { resolve } from "node:path";
import process from "node:process";
import { UsageError } from "./command.ts";

/**
 * Finds the database file: `--db`, then `ATO_DB`, then the only one of the folder.
 *
 * @param given What `--db` says, if it was given.
 * @param folder The folder to look in.
 * @returns the path.
 * @throws {UsageError} if none can be found, with the way out.
 */
export function findDatabase(
  given: string | undefined,
  folder: string = process.cwd(),
): string {
  const named = given ?? (process.env.ATO_DB || undefined);
  if (named !== undefined) {
    const path = resolve(folder, named.replace(/^sqlite:\/\/\//, ""));
    if (existsSync(path)) return path;
    throw new UsageError(`Cannot open ${named}: there is no such file`);
  }
  const found = readdirSync(folder).filter((name) =>
    /\.(db|sqlite3?)$/.test(name) && isSqlite(resolve(folder, name))
  );
  if (found.length === 1) return resolve(folder, found[0]!);
  throw new UsageError(
    found.length === 0
      ? "Cannot find a database: there is none in this folder; name it with --db FILE or ATO_DB"
      : `Cannot choose a database: there are ${
        found.join(", ")
      }; name one with --db FILE`,
  );
}

/**
 * Finds the database file for a command that may make it.
 *
 * @param given What `--db` says, if it was given.
 * @param folder The folder to look in.
 * @returns the path: as named, or the only one of the folder, or `ato.db` where there is none.
 * @throws {UsageError} if there are several and none is named.
 */
export function databaseToWrite(
  given: string | undefined,
  folder: string = process.cwd(),
): string {
  const named = given ?? (process.env.ATO_DB || undefined);
  if (named !== undefined) {
    return resolve(folder, named.replace(/^sqlite:\/\/\//, ""));
  }
  const hasNone = !readdirSync(folder).some((name) =>
    /\.(db|sqlite3?)$/.test(name) && isSqlite(resolve(folder, name))
  );
  return hasNone ? resolve(folder, "ato.db") : findDatabase(given, folder);
}

/** Every SQLite file begins with these words. */
function isSqlite(path: string): boolean {
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return false;
  const head = new Uint8Array(15);
  const file = openSync(path, "r");
  try {
    readSync(file, head, 0, head.length, 0);
  } finally {
    closeSync(file);
  }
  return new TextDecoder().decode(head) === "SQLite format 3";
}
