/** The size and the digest of a file. */
import { createHash } from "node:crypto";
import { closeSync, openSync, readSync, statSync } from "node:fs";
import { isGranted } from "../internal/runtime.ts";

const CHUNK = 1 << 20;

/** Hashes a file, in pieces; returns `undefined` if it is not a file that can be read. */
export function hashFile(
  path: string,
): { size: number; sha256: string } | undefined {
  if (!isGranted({ name: "read", path })) return undefined;
  let file: number;
  try {
    if (!statSync(path).isFile()) return undefined;
    file = openSync(path, "r");
  } catch {
    // An artifact may be an address, a folder, or not written yet; its path is still recorded.
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

/** Whether it is certain that no file has this path. */
export function isMissing(path: string): boolean {
  if (!isGranted({ name: "read", path })) return false;
  try {
    return statSync(path, { throwIfNoEntry: false }) === undefined;
  } catch {
    // It may exist, e.g. in a folder that this process cannot read.
    return false;
  }
}
