/** Relations of paths. */
import { isAbsolute, relative, sep } from "node:path";

/** Whether a path is a folder or something below it. */
export function isBelow(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** Returns the number of `..` at the start of a path with slashes. */
export function leadingSteps(path: string): number {
  const parts = path.split("/");
  const first = parts.findIndex((part) => part !== "..");
  return first < 0 ? parts.length : first;
}

/** Whether a path with slashes is relative and written the shortest way: `a/b.ts`, `../lib/c.ts`. */
export function isPlainPath(path: string): boolean {
  const names = path.split("/").slice(leadingSteps(path));
  return names.length > 0 && !path.includes("\0") &&
    names.every((name) => name !== "" && name !== "." && name !== "..");
}
