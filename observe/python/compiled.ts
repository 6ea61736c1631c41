/**
 * Where Python keeps the compiled files of its observer, so that they are compiled once for each of its versions,
 * not in each run.
 *
 * @module
 */
import { createHash } from "node:crypto";
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { attempt } from "../../internal/attempt.ts";
import { makeFolder } from "../../internal/make_folder.ts";
import { userCacheFolder } from "../../internal/user_cache.ts";

/** The name of the folder beside the observer's files, which `sitecustomize.py` reads. */
const COMPILED = "compiled";
/** How the names of the shared folders begin. */
const PREFIX = "python-";
/** Folders of other versions of Ato are removed if nothing was added to them for so many milliseconds. */
const UNUSED = 30 * 24 * 3_600_000;

/**
 * Makes the folder for compiled files: a link to one that all runs of this user share, or one of this launch alone
 * if there is none that only this user can write to.
 *
 * @param folder The folder with the observer's files.
 * @param texts These files, in an order that is always the same; the name of the shared folder depends on them.
 * @param cache The folder in which that folder is. @default {that of this user's cache}
 */
export function keepCompiled(
  folder: string,
  texts: Iterable<string>,
  cache: string | undefined = userCacheFolder(),
): void {
  const path = join(folder, COMPILED);
  const shared = cache && attempt(() => sharedFolder(cache, texts));
  if (shared) symlinkSync(shared, path);
  else mkdirSync(path, { mode: 0o700 });
}

function sharedFolder(
  cache: string,
  texts: Iterable<string>,
): string | undefined {
  const hash = createHash("sha256");
  for (const text of texts) hash.update(text).update("\0");
  const folder = join(cache, PREFIX + hash.digest("hex").slice(0, 16));
  const isNew = statSync(folder, { throwIfNoEntry: false }) === undefined;
  makeFolder(folder, { mode: 0o700 });
  if (!isPrivate(folder)) return undefined;
  if (isNew) removeUnused(cache);
  return folder;
}

/** Whether nobody else can put code into a folder: Python is going to run what is in it. */
function isPrivate(folder: string): boolean {
  const stats = lstatSync(folder);
  return stats.isDirectory() && stats.uid === process.getuid?.() &&
    (stats.mode & 0o022) === 0;
}

function removeUnused(cache: string): void {
  for (const name of readdirSync(cache)) {
    const path = join(cache, name);
    if (!name.startsWith(PREFIX)) continue;
    if (Date.now() - statSync(path).mtimeMs < UNUSED) continue;
    rmSync(path, { recursive: true, force: true });
  }
}
