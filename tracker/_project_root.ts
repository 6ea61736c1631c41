/** The root of the project that this program belongs to, if no snapshot of it says so. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { attempt } from "../internal/attempt.ts";
import { entryScript } from "../internal/entry_script.ts";

/** What marks the folder of a project; the same as for snapshots. */
const MARKS =
  ".git .hg .svn .jj deno.json deno.jsonc package.json pyproject.toml"
    .split(" ");

/** Returns the nearest folder with a mark, from the script or the working folder up; otherwise that folder. */
export function projectRoot(): string {
  const entry = entryScript();
  const start = "path" in entry
    ? dirname(entry.path)
    : attempt(() => process.cwd()) ?? "/";
  for (let folder = start;;) {
    if (MARKS.some((name) => isThere(join(folder, name)))) return folder;
    const above = dirname(folder);
    if (above === folder) return start;
    folder = above;
  }
}

function isThere(path: string): boolean {
  return attempt(() => existsSync(path), { name: "read", path }) === true;
}
