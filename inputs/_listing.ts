/** Folders as one input: the listing of their files, and its hash. */
import { createHash } from "node:crypto";
import type { ListedFile } from "../internal/run_inputs.ts";

/** A folder as an input. */
export interface Tree {
  /** The value of its factor. */
  readonly value: string;
  /** The SHA-256 of the listing, in hex. */
  readonly sha256: string;
  /** One line a file, sorted by its path. */
  readonly listing: string;
}

/** Makes the input of a folder. */
export function treeOf(files: readonly ListedFile[]): Tree {
  const lines = [...files].sort((a, b) => a.way < b.way ? -1 : 1)
    .map(({ way, sha256, bytes }) => `${sha256} ${bytes} ${oneLine(way)}\n`);
  const listing = lines.join("");
  const sha256 = createHash("sha256").update(listing).digest("hex");
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return { value: `tree:${sha256},${files.length},${bytes}`, sha256, listing };
}

/** Names have backslashes doubled, so these are unique. */
function oneLine(way: string): string {
  return way.replaceAll("\n", "\\n").replaceAll("\r", "\\r");
}

/** More files than this that were read in a folder become one input. */
const MOST_FILES = 64;

/**
 * Finds the folders that become one input: those with more than 64 entries. An entry is a file in the folder or
 * below it, or a deeper folder that is one input itself.
 *
 * @param names The names of files, with slashes.
 * @returns the names of the folders; none is inside another.
 */
export function crowdedFolders(names: Iterable<string>): Set<string> {
  const top = new Folder();
  for (const name of names) top.add(name.split("/"));
  const found = new Set<string>();
  top.count(undefined, found);
  // The project itself is one for the files beside each other in its root, not for its folders.
  if (top.files > MOST_FILES) found.add(ROOT);
  return found;
}

/** The name of the project's root. */
const ROOT = ".";

class Folder {
  readonly #folders = new Map<string, Folder>();
  /** The number of files in it, without those of its folders. */
  files = 0;

  add(parts: readonly string[]): void {
    const folder = parts.slice(0, -1)
      .reduce<Folder>((above, part) => above.#child(part), this);
    folder.files++;
  }

  #child(name: string): Folder {
    let child = this.#folders.get(name);
    if (child === undefined) this.#folders.set(name, child = new Folder());
    return child;
  }

  /** Counts the entries, and adds the outermost crowded folders. */
  count(path: string | undefined, found: Set<string>): number {
    let entries = this.files;
    const inner = new Set<string>();
    for (const [name, folder] of this.#folders) {
      const way = path === undefined ? name : `${path}/${name}`;
      entries += folder.count(way, inner);
    }
    // The whole file system and the home folder are no input.
    const mayBeOne = path !== undefined && path !== "" && path !== "~";
    if (entries > MOST_FILES && mayBeOne) {
      found.add(path);
      return 1;
    }
    for (const one of inner) found.add(one);
    return entries;
  }
}

/** Returns the crowded folder that a file is in, and its path from there. */
export function folderOf(
  name: string,
  folders: ReadonlySet<string>,
): readonly [folder: string, way: string] | undefined {
  if (folders.size === 0) return undefined;
  if (!name.includes("/")) return folders.has(ROOT) ? [ROOT, name] : undefined;
  for (let at = name.indexOf("/"); at >= 0; at = name.indexOf("/", at + 1)) {
    const folder = name.slice(0, at);
    if (folders.has(folder)) return [folder, name.slice(at + 1)];
  }
  return undefined;
}
