/**
 * Where the copy of a study came from, as a file keeps it: a hub, or another file.
 *
 * @module
 */
const FILE = "file:";

/** Names a hub, whose id can be any text. */
export function hubOrigin(id: string): string {
  return `hub:${id}`;
}

/** Names a file that a study was merged from. */
export function fileOrigin(path: string): string {
  return FILE + path;
}

/** The path of the file that a study was merged from; `undefined` if it came from a hub. */
export function pathOfOrigin(origin: string): string | undefined {
  return origin.startsWith(FILE) ? origin.slice(FILE.length) : undefined;
}
