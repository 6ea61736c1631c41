/** Which folders belong to a workspace, and what their packages export. */
import { type Json, ownAt, textAt } from "./lock/_json.ts";
import type { Manifest } from "./_manifest.ts";
import type { ProjectFiles } from "./_project_files.ts";

/** How deep `**` looks for packages. */
const DEEPEST = 8;

/**
 * Whether a folder is of a workspace.
 *
 * @param root The manifest that names the members.
 * @param folder The folder's URL.
 */
export function isMember(root: Manifest, folder: string): boolean {
  if (!folder.startsWith(root.folder)) return false;
  const path = decodeURIComponent(
    folder.slice(root.folder.length).replace(/\/$/, ""),
  );
  let found = false;
  for (const pattern of root.members.map(normalise)) {
    const isExcluded = pattern.startsWith("!");
    const glob = isExcluded ? normalise(pattern.slice(1)) : pattern;
    if (globRegExp(glob).test(path)) found = !isExcluded;
  }
  return found;
}

/**
 * Lists the folders of a workspace.
 *
 * @param root The manifest that names the members.
 * @param files Reads folders.
 * @returns their URLs.
 */
export async function memberFolders(
  root: Manifest,
  files: ProjectFiles,
): Promise<string[]> {
  const folders = new Set<string>();
  for (const pattern of root.members.map(normalise)) {
    if (pattern.startsWith("!")) continue;
    await expand(root.folder, pattern.split("/"), files, folders);
  }
  return [...folders].filter((folder) => isMember(root, folder)).sort();
}

async function expand(
  folder: string,
  [first, ...rest]: readonly string[],
  files: ProjectFiles,
  found: Set<string>,
  depth = 0,
): Promise<void> {
  if (first === undefined || first === "") {
    found.add(folder);
  } else if (!first.includes("*")) {
    await expand(`${new URL(`${first}/`, folder)}`, rest, files, found, depth);
  } else if (depth < DEEPEST) {
    if (first === "**") await expand(folder, rest, files, found, depth + 1);
    const matches = globRegExp(first);
    for (const name of await files.folders(folder)) {
      if (name === "node_modules" || name.startsWith(".")) continue;
      if (!matches.test(name)) continue;
      const below = `${folder}${encodeURIComponent(name)}/`;
      const pattern = first === "**" ? [first, ...rest] : rest;
      await expand(below, pattern, files, found, depth + 1);
    }
  }
}

function normalise(pattern: string): string {
  return pattern.replace(/^\.\//, "").replace(/\/+$/, "");
}

function globRegExp(glob: string): RegExp {
  const source = glob.replace(/[.+^${}()|[\]\\?]/g, "\\$&")
    .replaceAll("/**/", "/(?:.*/)?").replaceAll("**", ".*")
    .replace(/(?<!\.)\*/g, "[^/]*");
  return new RegExp(`^${source}$`);
}

/** The name of a folder's package, by which others import it. */
export function packageName({ deno, node }: Manifest): string | undefined {
  return textAt(deno, "name") ?? textAt(node, "name");
}

/** Its version, if it has one. */
export function packageVersion({ deno, node }: Manifest): string | undefined {
  return textAt(deno, "version") ?? textAt(node, "version");
}

/**
 * The file that a package of the project exports.
 *
 * @param manifest The package.
 * @param path What is imported of it: empty, or `/fp`.
 * @returns the file's URL, or `undefined` where it exports no such thing.
 */
export function exportedFile(
  manifest: Manifest,
  path: string,
): string | undefined {
  const { deno, node, folder } = manifest;
  for (const config of [deno, node]) {
    const exports = ownAt(config, "exports");
    if (exports === undefined || exports === null) continue;
    const target = exportTarget(exports, path);
    return target === undefined ? undefined : new URL(target, folder).href;
  }
  if (path !== "") return new URL(`.${path}`, folder).href;
  const main = textAt(node, "module") ?? textAt(node, "main") ?? "index.js";
  const isFile = /\.[cm]?[jt]sx?$|\.json$/.test(main);
  return new URL(isFile ? main : `${main}.js`, folder).href;
}

function exportTarget(exports: unknown, path: string): string | undefined {
  if (typeof exports !== "object" || Array.isArray(exports)) {
    return path === "" ? choose(exports) : undefined;
  }
  const byPath = exports as Json;
  const hasPaths = Object.keys(byPath).some((key) => key.startsWith("."));
  if (!hasPaths) return path === "" ? choose(exports) : undefined;
  return byPattern(byPath, `.${path}`);
}

/**
 * What stands for a name, or for a pattern with a star, in `exports` or `imports` of `package.json`.
 *
 * @param targets The targets.
 * @param name The name.
 */
export function byPattern(targets: Json, name: string): string | undefined {
  const same = ownAt(targets, name);
  if (same !== undefined) return choose(same);
  const keys = Object.keys(targets).filter((key) => key.includes("*"))
    .sort((a, b) => b.indexOf("*") - a.indexOf("*"));
  for (const key of keys) {
    const [before, after] = key.split("*") as [string, string];
    const fits = name.startsWith(before) && name.endsWith(after) &&
      name.length >= key.length;
    if (!fits) continue;
    const star = name.slice(before.length, name.length - after.length);
    return choose(targets[key])?.replaceAll("*", star);
  }
  return undefined;
}

/** Conditions under which every runtime takes a target. */
const CONDITIONS = new Set(["import", "module-sync", "node", "default"]);

function choose(target: unknown): string | undefined {
  if (typeof target === "string") return target;
  if (Array.isArray(target)) {
    return target.map(choose).find((one) => one !== undefined);
  }
  if (typeof target !== "object" || target === null) return undefined;
  for (const [condition, value] of Object.entries(target)) {
    const chosen = CONDITIONS.has(condition) ? choose(value) : undefined;
    if (chosen !== undefined) return chosen;
  }
  return undefined;
}
