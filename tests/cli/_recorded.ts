/** A folder with a recorded run that many tests start from: recording takes longer than most of these tests. */
import { after } from "node:test";
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { makeTempFolder } from "../_shared/temp_folder.ts";

/** Removes the folder, and writes it anew. */
export type Renew = () => string;

/**
 * Makes a function that gives a folder as it was recorded, at the same place each time: the record names the place.
 * A test file that calls it runs one test at a time.
 *
 * @param record Writes the folder; it is called once, with the empty folder.
 */
export function recordedOnce(record: (folder: string) => void): Renew {
  const options = { recursive: true, preserveTimestamps: true };
  let top: string | undefined;
  after(() => {
    if (top !== undefined) rmSync(top, { recursive: true, force: true });
  });
  return () => {
    if (top === undefined) {
      top = makeTempFolder("cli");
      mkdirSync(join(top, "here"));
      record(join(top, "here"));
      cpSync(join(top, "here"), join(top, "kept"), options);
    }
    rmSync(join(top, "here"), { recursive: true });
    cpSync(join(top, "kept"), join(top, "here"), options);
    return join(top, "here");
  };
}
