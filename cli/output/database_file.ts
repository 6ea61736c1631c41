import { closeSync, openSync, readSync, statSync } from "node:fs";
import { realPath } from "./real_path.ts";

/** The ends of the files that SQLite creates beside a database. */
const BESIDE = ["-wal", "-shm", "-journal"] as const;

/** The first bytes of SQLite's files: a database, its log (two byte orders), its rollback journal. */
const BEGINNINGS: readonly (readonly number[])[] = [
  [...new TextEncoder().encode("SQLite format 3\0")],
  [0x37, 0x7f, 0x06, 0x82],
  [0x37, 0x7f, 0x06, 0x83],
  [0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7],
];

/**
 * Tells whether a path is a database or one of the files that SQLite creates beside it, also through links
 * and under another name: writing there would destroy runs.
 *
 * @param path The path; the file need not exist.
 * @param database The database that is being read, if one is.
 * @returns true if nothing else may be written there.
 */
export function isDatabaseFile(path: string, database?: string): boolean {
  return beginsLikeOne(path) ||
    (database !== undefined && belongsTo(path, database)) ||
    BESIDE.some((end) =>
      path.endsWith(end) && beginsLikeOne(path.slice(0, -end.length))
    );
}

/** Tells whether it is the same file, by its inode, or one that SQLite recognises by its name. */
function belongsTo(path: string, database: string): boolean {
  const real = realPath(database);
  const own = [real, ...BESIDE.map((end) => real + end)];
  const wanted = realPath(path).toLowerCase();
  const found = statSync(path, { throwIfNoEntry: false, bigint: true });
  return own.some((name) => {
    // The file system may ignore case.
    if (name.toLowerCase() === wanted) return true;
    const one = statSync(name, { throwIfNoEntry: false, bigint: true });
    return one !== undefined && found !== undefined && one.ino !== 0n &&
      one.dev === found.dev && one.ino === found.ino;
  });
}

function beginsLikeOne(path: string): boolean {
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return false;
  const head = headOf(path, 16);
  return BEGINNINGS.some((bytes) => bytes.every((byte, i) => head[i] === byte));
}

/**
 * Reads the first bytes of a file.
 *
 * @param path A regular file.
 * @param length The number of bytes.
 * @returns the bytes; fewer if the file is shorter.
 */
export function headOf(path: string, length: number): Uint8Array {
  const head = new Uint8Array(length);
  const file = openSync(path, "r");
  try {
    return head.subarray(0, readSync(file, head, 0, length, 0));
  } finally {
    closeSync(file);
  }
}
