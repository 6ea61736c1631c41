import { realpathSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

/**
 * Resolves the links of a path; if the file is missing, those of its folder.
 *
 * @param path Any path.
 * @returns an absolute path.
 */
export function realPath(path: string): string {
  const absolute = resolve(path);
  try {
    return realpathSync(absolute);
  } catch (error) {
    if (!isMissing(error) || dirname(absolute) === absolute) return absolute;
    return join(realPath(dirname(absolute)), basename(absolute));
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT";
}
