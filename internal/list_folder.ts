/** Lists the files of a folder that was given as a whole. */
import type { Buffer } from "node:buffer";
import type { Dir, Dirent } from "node:fs";
import { attempt } from "./attempt.ts";
import { builtin } from "./builtin.ts";
import { nameOfBytes, systemPath } from "./path_bytes.ts";
import type { SeenRead } from "./run_inputs.ts";
import { isGranted } from "./runtime.ts";

/** The most files of a folder. */
const MOST = 1_000_000;
/** What is not meant by the content of a folder. */
const LEFT_OUT =
  /^(?:\.git|\.hg|\.svn|\.jj|__pycache__|\.DS_Store|Thumbs\.db)$/;

/** Why something of a folder is not known. */
export type FolderProblem = readonly [path: string, problem: string];

/**
 * Lists the files in a folder and below it, links followed, one by one: a folder may have a million.
 *
 * @param folder The folder; its files count as they were when it was read.
 */
export function* filesIn(
  { path: folder, at }: SeenRead,
): Generator<SeenRead | FolderProblem, void> {
  let count = 0;
  for (const found of walk(folder, [])) {
    if (typeof found !== "string") yield found;
    else if (count++ < MOST) {
      yield { path: found, ...(at !== undefined && { at }) };
    } else return yield [folder, `has more than ${MOST} files`];
  }
}

/** Walks the paths of files. */
function* walk(
  folder: string,
  above: readonly string[],
): Generator<string | FolderProblem, void> {
  const opened = open(folder);
  if (typeof opened === "string") return yield [folder, opened];
  const { join } = builtin("node:path");
  const folders: string[] = [];
  try {
    const { realpathSync } = builtin("node:fs");
    const real = attempt(() => realpathSync(systemPath(folder) ?? folder)) ??
      folder;
    // A link to a folder above leads around for ever.
    if (above.includes(real)) return;
    above = [...above, real];
    for (;;) {
      const entry = next(opened);
      if (typeof entry === "string") return yield [folder, entry];
      if (entry === null) break;
      const { name } = entry;
      const text = typeof name === "string" ? name : nameOfBytes(name);
      if (LEFT_OUT.test(text)) continue;
      const path = join(folder, text);
      if (isFolder(entry, path)) folders.push(path);
      else yield path;
    }
  } finally {
    opened.closeSync();
  }
  for (const one of folders) yield* walk(one, above);
}

/** Opens a folder, or says why that is not possible. */
function open(path: string): Dir | string {
  if (!isGranted({ name: "read", path })) {
    return "is not permitted to be read; add --allow-read";
  }
  const place = systemPath(path);
  if (place === undefined) return "has a name that this runtime cannot open";
  try {
    const { opendirSync } = builtin("node:fs");
    const encoding = "buffer" as never;
    return opendirSync(place as string, { encoding, bufferSize: 32 });
  } catch (error) {
    return faultOf(error);
  }
}

function next(dir: Dir): Dirent<Buffer | string> | string | null {
  try {
    return dir.readSync();
  } catch (error) {
    return faultOf(error);
  }
}

function faultOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  return `cannot be listed (${typeof code === "string" ? code : "an error"})`;
}

function isFolder(entry: Dirent<Buffer | string>, path: string): boolean {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  const place = systemPath(path);
  return place !== undefined &&
    attempt(() => builtin("node:fs").statSync(place).isDirectory(), {
        name: "read",
        path,
      }) ===
      true;
}
