import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Makes a folder and those above it, unless they are there. Node's own way to do so (`recursive`) never
 * ends where the system answers that a folder cannot be found although the one above is there: in `/proc`.
 *
 * @param folder The folder.
 * @param options `mode`: the mode of the folders that are made, by default what the process allows.
 * @throws whatever the file system says of the folder that could not be made.
 */
export function makeFolder(
  folder: string,
  options: { readonly mode?: number } = {},
): void {
  if (isFolder(folder)) return;
  const above = dirname(folder);
  if (above !== folder) makeFolder(above, options);
  try {
    mkdirSync(folder, options);
  } catch (error) {
    // Another process was quicker.
    if (!isFolder(folder)) throw error;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
