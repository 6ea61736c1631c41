/** Size and digest of a file. */
import { createHash } from "node:crypto";
import { closeSync, openSync, readSync, statSync } from "node:fs";
import { isGranted } from "../internal/runtime.ts";

const CHUNK = 1 << 20;

/** Reads a file in pieces, so that a large one never fills memory. `undefined` if it is not a file that can be read. */
export function hashFile(
  path: string,
): { size: number; sha256: string } | undefined {
  if (!isGranted({ name: "read", path })) return undefined;
  let file: number;
  try {
    if (!statSync(path).isFile()) return undefined;
    file = openSync(path, "r");
  } catch {
    // An artifact may be a URL, a folder, or yet to be written; its path is recorded all the same.
    return undefined;
  }
  try {
    const hash = createHash("sha256");
    const buffer = new Uint8Array(CHUNK);
    let size = 0;
    for (
      let read = readSync(file, buffer);
      read > 0;
      read = readSync(file, buffer)
    ) {
      hash.update(buffer.subarray(0, read));
      size += read;
    }
    return { size, sha256: hash.digest("hex") };
  } finally {
    closeSync(file);
  }
}

/** Whether there surely is nothing under a path. */
export function isMissing(path: string): boolean {
  if (!isGranted({ name: "read", path })) return false;
  try {
    return statSync(path, { throwIfNoEntry: false }) === undefined;
  } catch {
    // Something is there, or in the way; what it is cannot be told.
    return false;
  }
}
