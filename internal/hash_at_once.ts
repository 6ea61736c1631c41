/** Hashes a file without giving other work a turn, so that the program cannot change it meanwhile. */
import type { BigIntStats } from "node:fs";
import { isAtoDatabase, isBesideAto, readingFlags } from "./ato_database.ts";
import { builtin } from "./builtin.ts";
import { isSameState, mayHaveChangedSince, stateOf } from "./file_state.ts";
import { faultOfError, lookAt, type LookFault } from "./look_at.ts";
import { systemPath } from "./path_bytes.ts";

/** What is known of the content of a file. */
export type Hashed =
  | { readonly sha256: string; readonly bytes: number }
  | { readonly not: "folder" | "ato" }
  | LookFault;

/** The most bytes that are read at once. */
const PIECE = 1 << 20;

/** Why nothing is known of what a file was when it was read. */
export const CHANGED = "changed after it was read";
/** Why the hash of a file may be that of none of its states. */
export const CHANGED_MEANWHILE = "changed while it was hashed";

/**
 * Hashes a file. What another program writes meanwhile is noticed by the state of the file; within the tick of its
 * last change the state stays as it is, so a file that has just been written is read twice.
 *
 * @param path An absolute path of a file.
 * @param stats What the file system says of it.
 */
export function hashAtOnce(path: string, stats: BigIntStats): Hashed {
  if (isBesideAto(path)) return { not: "ato" };
  const { closeSync, fstatSync, openSync } = builtin("node:fs");
  const state = stateOf(stats);
  let file: number;
  try {
    file = openSync(systemPath(path)!, readingFlags());
  } catch (error) {
    return faultOfError(error);
  }
  try {
    if (!isSameState(state, stateOf(fstatSync(file, { bigint: true })))) {
      return { problem: CHANGED };
    }
    const isFresh = mayHaveChangedSince(state, Date.now());
    const size = Number(state.size);
    const found = hashOpen(file, size);
    if (!("sha256" in found)) return found;
    const again = isFresh ? hashOpen(file, size) : found;
    const after = lookAt(path);
    const isSame = "sha256" in again && again.sha256 === found.sha256 &&
      "mtimeNs" in after && isSameState(state, stateOf(after));
    return isSame ? found : { problem: CHANGED_MEANWHILE };
  } catch (error) {
    return faultOfError(error);
  } finally {
    closeSync(file);
  }
}

function hashOpen(file: number, size: number): Hashed {
  const { readSync } = builtin("node:fs");
  const hash = builtin("node:crypto").createHash("sha256");
  // One byte more, to notice that it grew.
  const piece = new Uint8Array(Math.min(size + 1, PIECE));
  let bytes = 0;
  while (bytes <= size) {
    const count = fill(file, piece, { readSync, at: bytes });
    if (bytes === 0 && isAtoDatabase(piece.subarray(0, count))) {
      return { not: "ato" };
    }
    hash.update(piece.subarray(0, count));
    bytes += count;
    if (count < piece.length) break;
  }
  return bytes === size
    ? { sha256: hash.digest("hex"), bytes }
    : { problem: CHANGED_MEANWHILE };
}

/** Fills the buffer unless the file ends before. */
function fill(
  file: number,
  into: Uint8Array,
  { readSync, at }: {
    readonly readSync: typeof import("node:fs").readSync;
    readonly at: number;
  },
): number {
  let bytes = 0;
  while (bytes < into.length) {
    const count = readSync(file, into, bytes, into.length - bytes, at + bytes);
    if (count === 0) break;
    bytes += count;
  }
  return bytes;
}
