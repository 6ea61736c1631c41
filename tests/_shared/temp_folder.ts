/** Temporary folders of tests. This module starts no processes, so quick tests can use it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Makes a temporary folder, which the caller removes.
 *
 * @param name A part of its name.
 */
export function makeTempFolder(name: string): string {
  return mkdtempSync(join(tmpdir(), `ato-${name}-`));
}

/**
 * Calls a function with a temporary folder, and removes the folder when the function is done.
 *
 * @param work The function.
 * @param name A part of the name of the folder.
 */
export async function withTempFolder(
  work: (folder: string) => Promise<void> | void,
  name = "test",
): Promise<void> {
  const folder = makeTempFolder(name);
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
