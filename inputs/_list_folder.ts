/** Lists the files of a folder that was given as a whole. */
import type { Buffer } from "node:buffer";
import { type Dirent, realpathSync, statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { attempt } from "../internal/attempt.ts";
import type { InputContent, SeenRead } from "../internal/run_inputs.ts";
import { isGranted } from "../internal/runtime.ts";
import { nameOfBytes, systemPath } from "./_path_bytes.ts";

/** The most files of a folder. */
const MOST = 1_000_000;
/** What is not meant by the content of a folder. */
const LEFT_OUT =
  /^(?:\.git|\.hg|\.svn|\.jj|__pycache__|\.DS_Store|Thumbs\.db)$/;

/** Lists the files in a folder and below it, links followed; they count as they were when the folder was read. */
export async function contentOfFolder(
  { path: folder, at }: SeenRead,
): Promise<Extract<InputContent, { readonly files: unknown }>> {
  const files: SeenRead[] = [];
  const problems: (readonly [string, string])[] = [];
  const walk = async (
    path: string,
    above: readonly string[],
  ): Promise<void> => {
    const entries = await entriesOf(path);
    if (typeof entries === "string") return void problems.push([path, entries]);
    const real = attempt(() => realpathSync(systemPath(path) ?? path), {
      name: "read",
      path,
    }) ?? path;
    // A link to a folder above leads around for ever.
    if (above.includes(real)) return;
    for (const [name, isFolder] of entries) {
      if (LEFT_OUT.test(name)) continue;
      const inside = join(path, name);
      if (isFolder) await walk(inside, [...above, real]);
      else if (files.length < MOST) {
        files.push({ path: inside, ...(at !== undefined && { at }) });
      } else return void problems.push([folder, `has more than ${MOST} files`]);
    }
  };
  await walk(folder, []);
  return { files, problems };
}

/** Returns the entries of a folder; why they are not known, if they are not. */
async function entriesOf(
  path: string,
): Promise<readonly (readonly [name: string, isFolder: boolean])[] | string> {
  if (!isGranted({ name: "read", path })) {
    return "is not permitted to be read; add --allow-read";
  }
  const place = systemPath(path);
  if (place === undefined) return "has a name that this runtime cannot open";
  try {
    const entries = await readdir(place, {
      withFileTypes: true,
      encoding: "buffer" as never,
    }) as unknown as Dirent<Buffer | string>[];
    return entries.map((entry) => {
      const { name } = entry;
      const text = typeof name === "string" ? name : nameOfBytes(name);
      return [text, isFolder(entry, join(path, text))];
    });
  } catch (error) {
    const { code } = error as { code?: unknown };
    return `cannot be listed (${typeof code === "string" ? code : "an error"})`;
  }
}

function isFolder(entry: Dirent<Buffer | string>, path: string): boolean {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  const place = systemPath(path);
  return place !== undefined &&
    attempt(() => statSync(place).isDirectory(), { name: "read", path }) ===
      true;
}
