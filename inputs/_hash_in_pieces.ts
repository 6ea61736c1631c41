/** Hashes a large file, with turns for other work. */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import {
  type BigIntStats,
  closeSync,
  fstatSync,
  openSync,
  read as readAsync,
} from "node:fs";
import { isAtoDatabase, readingFlags } from "../internal/ato_database.ts";
import { isSameState, stateOf } from "../internal/file_state.ts";
import {
  CHANGED,
  CHANGED_MEANWHILE,
  type Hashed,
} from "../internal/hash_at_once.ts";
import { faultOfError, lookAt } from "../internal/look_at.ts";
import { systemPath } from "../internal/path_bytes.ts";

const PIECE = 1 << 20;

/**
 * Hashes a file, and notices whether it is changed meanwhile.
 *
 * @param path An absolute path.
 * @param stats What the file system says of it.
 * @param proceed Is called with the number of bytes hashed; returns why to stop, if that has a reason.
 */
export async function hashInPieces(
  path: string,
  stats: BigIntStats,
  proceed: (done: number) => string | undefined,
): Promise<Hashed> {
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
    const result = await hashOpen(file, Number(state.size), proceed);
    if (!("sha256" in result)) return result;
    const after = lookAt(path);
    const isSame = "mtimeNs" in after && isSameState(state, stateOf(after));
    return isSame ? result : { problem: CHANGED_MEANWHILE };
  } catch (error) {
    return faultOfError(error);
  } finally {
    closeSync(file);
  }
}

/** Reads the next piece while one is hashed. */
async function hashOpen(
  file: number,
  size: number,
  proceed: (done: number) => string | undefined,
): Promise<Hashed> {
  const hash = createHash("sha256");
  let [piece, spare] = [Buffer.alloc(PIECE), Buffer.alloc(PIECE)];
  let count = await readPiece(file, piece);
  if (isAtoDatabase(piece.subarray(0, count))) return { not: "ato" };
  let done = 0;
  while (count > 0) {
    done += count;
    // A file that grows without end would never be read to its end.
    if (done > size) return { problem: CHANGED_MEANWHILE };
    const stop = proceed(done);
    if (stop !== undefined) return { problem: stop };
    const next = readPiece(file, spare);
    hash.update(piece.subarray(0, count));
    count = await next;
    [piece, spare] = [spare, piece];
  }
  return done === size
    ? { sha256: hash.digest("hex"), bytes: done }
    : { problem: CHANGED_MEANWHILE };
}

function readPiece(file: number, into: Uint8Array): Promise<number> {
  return new Promise((resolve, reject) =>
    readAsync(
      file,
      into,
      0,
      into.length,
      null,
      (error, count) => error === null ? resolve(count) : reject(error),
    )
  );
}
