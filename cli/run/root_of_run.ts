/** Where the project of a run is on this machine. */
import { existsSync } from "node:fs";
import { dirname, isAbsolute, join, resolve, sep } from "node:path";
import type { Run, SQLFinder } from "../../tracker/mod.ts";

/** What marks the folder of a project; the same as for snapshots of programs. */
const MARKS =
  ".git .hg .svn .jj deno.json deno.jsonc package.json pyproject.toml"
    .split(" ");

/**
 * Finds the root of a run's project, from which its inputs are named.
 *
 * @param finder The file.
 * @param run The run.
 * @returns an absolute path; `undefined` if it is not on this machine.
 */
export async function rootOfRun(
  finder: SQLFinder,
  run: Run,
): Promise<string | undefined> {
  const entry = (await finder.programOf(run))?.entry;
  const root = entry === undefined ? undefined : rootAbove(run, entry);
  if (root !== undefined) return existsSync(root) ? root : undefined;
  const { script, cwd } = run.environment;
  const start = script === undefined ? cwd : dirname(script);
  if (start === undefined || !existsSync(start)) return undefined;
  for (let folder = start;;) {
    if (MARKS.some((name) => existsSync(join(folder, name)))) return folder;
    const above = dirname(folder);
    if (above === folder) return start;
    folder = above;
  }
}

/**
 * Finds the root of a program: where its entry script, as the command of the run names it, is below it. If the command
 * does not name it, the nearest folder above the working folder that has it.
 *
 * @param run The run.
 * @param entry The path of the entry script from the root.
 * @returns an absolute path; `undefined` if neither is known.
 */
export function rootAbove(run: Run, entry: string): string | undefined {
  const { cwd, script, command, argv } = run.environment;
  const words = [script, ...command ?? [], ...argv ?? []];
  const end = sep + entry.split("/").join(sep);
  for (const word of words) {
    if (typeof word !== "string" || word === "") continue;
    const path = isAbsolute(word) ? word : resolve(cwd ?? "", word);
    if (path.endsWith(end) && path.length > end.length) {
      return path.slice(0, -end.length);
    }
  }
  return folderWith(entry, cwd);
}

/** Finds the nearest folder, from one up, that has a file: `npm run train` does not name its script. */
function folderWith(
  path: string,
  from: string | undefined,
): string | undefined {
  if (from === undefined || !isAbsolute(from)) return undefined;
  for (let folder = from;; folder = dirname(folder)) {
    if (existsSync(join(folder, ...path.split("/")))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}
