/** Folders that a run listed without reading what is in them: only their names can have decided something. */
import { dirname, relative, sep } from "node:path";
import { mayBeInput } from "../inputs/mod.ts";
import type { SeenRun } from "./_seen_run.ts";

/**
 * Says which listings are not recorded. A folder whose files are read, written or code of the program is none: new
 * files in it are seen when they are read.
 *
 * @param run What was seen.
 * @param known The project's root, paths of the program's code, and the time after which nothing counts.
 * @returns phrases for the coverage.
 */
export function unreadListings(
  run: SeenRun,
  { root, code, until }: {
    readonly root: string;
    readonly code: readonly string[];
    readonly until: number;
  },
): string[] {
  const used = foldersOf([...run.reads.keys(), ...run.written(), ...code]);
  return [...run.lists].filter(([folder, at]) => {
    const below = folder.endsWith(sep) ? folder : folder + sep;
    return at <= until && !used.has(folder) &&
      mayBeInput(`${below}name`, root);
  }).map(([folder]) => {
    const way = relative(root, folder);
    const name = way === "" ? "." : way.startsWith("..") ? folder : way;
    return `the names of the files in ${name} are not recorded`;
  });
}

/** The folders that have one of the files, at any depth; each is visited once. */
function foldersOf(paths: Iterable<string>): Set<string> {
  const folders = new Set<string>();
  for (const path of paths) {
    for (
      let folder = dirname(path);
      !folders.has(folder);
      folder = dirname(folder)
    ) folders.add(folder);
  }
  return folders;
}
