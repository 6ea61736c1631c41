import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Makes a folder and its parents, unless they exist. Node's `recursive` option loops forever if the system
 * reports a folder as not found although its parent exists, as in `/proc`.
 *
 * @param folder The folder.
 * @param options `mode`: the mode of the new folders. @default {what the process allows}
 * @throws {Error} If a folder cannot be made; it is the error of the file system.
 */
export function makeFolder(
  folder: string,
  options: { readonly mode?: number } = {},
): void {
  if (isFolder(folder)) return;
  const parent = dirname(folder);
  if (parent !== folder) makeFolder(parent, options);
  try {
    mkdirSync(folder, options);
  } catch (error) {
    // Another process may have made it in the meantime.
    if (!isFolder(folder)) throw error;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
