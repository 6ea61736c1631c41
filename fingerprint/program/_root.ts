/** The root of a program's project, from which paths are told. */
import type { Project } from "../deep/_project.ts";
import { isThere } from "./_source_file.ts";

/** What marks the folder of a project. */
const MARKS =
  ".git .hg .svn .jj deno.json deno.jsonc package.json pyproject.toml"
    .split(" ");

/**
 * Finds the root: that of the workspace if there is one, otherwise the nearest folder of version control or with a
 * manifest.
 *
 * @param entry The URL of the entry script.
 * @param project Knows workspaces.
 * @returns a URL with a slash at the end.
 */
export async function findRoot(
  entry: string,
  project: Project,
): Promise<string> {
  const folders = await project.foldersOf(entry);
  if (folders?.isWorkspace === true) return folders.root;
  const start = new URL("./", entry).href;
  for (let folder = start;;) {
    if (MARKS.some((name) => isThere(folder + name))) return folder;
    const above = new URL("../", folder).href;
    if (above === folder) return start;
    folder = above;
  }
}

/**
 * The path of a file from the root.
 *
 * @param url The file's URL.
 * @param root The root's URL, with a slash at the end.
 * @returns the path with slashes; `../` leads out of the root.
 */
export function pathFrom(root: string, url: string): string {
  const from = root.split("/").slice(0, -1);
  const to = url.split("/");
  let same = 0;
  while (same < from.length && from[same] === to[same]) same++;
  const parts = [...from.slice(same).map(() => ".."), ...to.slice(same)];
  return parts.map(decode).join("/");
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // A percent sign that encodes nothing.
    return part;
  }
}
