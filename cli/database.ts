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
import { dbPathOf } from "../tracker/reading.ts";
import { UsageError } from "./command.ts";
import { visible } from "../internal/visible_text.ts";

/**
 * Finds the database file: `--db`, then `ATO_DB`, then the only one in the folder.
 *
 * @param given What `--db` says, if it was given.
 * @param folder The folder to look in.
 * @returns the path.
 * @throws {UsageError} If there is no such file, or no or several candidates.
 */
export function findDatabase(
  given: string | undefined,
  folder: string = process.cwd(),
): string {
  const named = nameOf(given);
  const path = named === undefined
    ? onlyOneIn(folder)
    : databasePath(named, folder);
  if (path === undefined) {
    throw new UsageError(
      "Cannot find a database: there is none in this folder; name it with --db FILE or ATO_DB",
    );
  }
  if (existsSync(path)) {
    if (statSync(path).isFile()) return path;
    throw new UsageError(
      `Cannot open ${visible(path)}: it is not a file; name a database`,
    );
  }
  throw new UsageError(
    `Cannot open ${visible(String(named))}: there is no such file`,
  );
}

/**
 * Finds the database file for a command that can create it.
 *
 * @param given What `--db` says, if it was given.
 * @param folder The folder to look in.
 * @returns the path: as named, or the only one of the folder, or `ato.db` if there is none.
 * @throws {UsageError} If none is named and there are several.
 */
export function databaseToWrite(
  given: string | undefined,
  folder: string = process.cwd(),
): string {
  const named = nameOf(given);
  return named === undefined
    ? onlyOneIn(folder) ?? resolve(folder, "ato.db")
    : databasePath(named, folder);
}

/**
 * Resolves the path of a database that is named on the command line.
 *
 * @param named A path, or a URL that begins with `sqlite:///`.
 * @param folder The folder that a relative path starts from.
 * @returns the absolute path.
 * @throws {UsageError} If the name is not the path of a file, e.g. `:memory:`.
 */
export function databasePath(
  named: string,
  folder: string = process.cwd(),
): string {
  let path: string;
  try {
    path = dbPathOf(named);
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(error.message);
    throw error;
  }
  if (path !== ":memory:") return resolve(folder, path);
  throw new UsageError(
    `Cannot use ${named}: a database in memory ends with its process; name a file`,
  );
}

function nameOf(given: string | undefined): string | undefined {
  return given ?? (process.env.ATO_DB || undefined);
}

function onlyOneIn(folder: string): string | undefined {
  const found = readdirSync(folder).filter((name) =>
    /\.(db|sqlite3?)$/.test(name) && isSqlite(resolve(folder, name))
  );
  if (found.length <= 1) return found[0] && resolve(folder, found[0]);
  throw new UsageError(
    `Cannot choose a database: there are ${
      found.join(", ")
    }; name one with --db FILE`,
  );
}

/** Every SQLite database starts with these words. */
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
