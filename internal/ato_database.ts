/** Which files are databases of Ato: they change with each run, so nobody means them as inputs. */
import { builtin } from "./builtin.ts";
import { systemPath } from "./path_bytes.ts";
import { isGranted } from "./runtime.ts";

/** The bytes at the start of a database that tell whose it is. */
const START = 72;

/** Whether a file starts as the databases of Ato do: SQLite's magic, and the application id `Ato1`. */
export function isAtoDatabase(start: Uint8Array): boolean {
  return start.length >= START &&
    latin(start.subarray(0, 16)) === "SQLite format 3\0" &&
    latin(start.subarray(START - 4, START)) === "Ato1";
}

function latin(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

/** Whether it is what SQLite keeps beside a database of Ato. */
export function isBesideAto(path: string): boolean {
  const database = /^(.+)-(?:wal|shm|journal)$/.exec(path)?.[1];
  if (database === undefined) return false;
  if (!isGranted({ name: "read", path: database })) return false;
  const { closeSync, openSync, readSync } = builtin("node:fs");
  const start = new Uint8Array(START);
  let file: number | undefined;
  try {
    file = openSync(systemPath(database) ?? database, readingFlags());
    readSync(file, start, 0, start.length, 0);
  } catch {
    // There is no such database.
    return false;
  } finally {
    if (file !== undefined) closeSync(file);
  }
  return isAtoDatabase(start);
}

/** Opens for reading; a pipe that took the place of a file must not block. */
export function readingFlags(): number {
  const { constants } = builtin("node:fs");
  return constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
}
