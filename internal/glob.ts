/** Paths with wildcards: `*`, `?`, `**`, `[a-z]`, `{a,b}`. */
import { builtin } from "./builtin.ts";
import { isGranted } from "./runtime.ts";

/** Whether a path has wildcards. */
export function isGlob(path: string): boolean {
  return /[*?]|\[[^\]]+\]|\{[^}]*,[^}]*\}/.test(path);
}

/**
 * Finds the files that match a path with wildcards. A name that starts with a dot matches only a part that does;
 * `**` does not follow links to folders.
 *
 * @param pattern The path; a relative one starts at the working folder.
 * @returns the files, sorted, as they would have been written in the pattern.
 */
export function filesOfGlob(pattern: string): string[] {
  const found = new Set<string>();
  for (const one of alternatives(pattern)) {
    const parts = one.split(
      /[\\/]/.test(one) && isWindows() ? /[\\/]+/ : /\/+/,
    );
    const start = parts[0] === "" || /^[A-Za-z]:$/.test(parts[0] ?? "")
      ? `${parts.shift()}/`
      : "";
    walk(start, parts, found);
  }
  return [...found].sort();
}

function isWindows(): boolean {
  return builtin("node:path").sep === "\\";
}

/** Expands `{a,b}`. */
function alternatives(pattern: string): string[] {
  const match = /\{([^{}]*,[^{}]*)\}/.exec(pattern);
  if (match === null) return [pattern];
  const [whole, list = ""] = match;
  const before = pattern.slice(0, match.index);
  const after = pattern.slice(match.index + whole.length);
  return list.split(",").flatMap((one) => alternatives(before + one + after));
}

function walk(folder: string, parts: readonly string[], found: Set<string>) {
  const [part, ...rest] = parts;
  if (part === undefined) return;
  if (part === "**") {
    walk(folder, rest.length === 0 ? ["*"] : rest, found);
    for (const { name, isFolder, isLink } of entriesOf(folder)) {
      if (isFolder && !isLink && !name.startsWith(".")) {
        walk(`${folder}${name}/`, parts, found);
      }
    }
    return;
  }
  if (part === "" || part === "." || part === ".." || !isGlob(part)) {
    const path = `${folder}${part}`;
    if (rest.length > 0) return walk(`${path}/`, rest, found);
    if (isFile(path)) found.add(path);
    return;
  }
  const accepts = matcher(part);
  for (const { name, isFolder } of entriesOf(folder)) {
    if (!accepts(name)) continue;
    if (rest.length === 0 && !isFolder) found.add(folder + name);
    else if (rest.length > 0 && isFolder) {
      walk(`${folder}${name}/`, rest, found);
    }
  }
}

interface Entry {
  readonly name: string;
  readonly isFolder: boolean;
  readonly isLink: boolean;
}

/** Folders that cannot be read have no entries. */
function entriesOf(folder: string): Entry[] {
  const { readdirSync, statSync } = builtin("node:fs");
  if (!isGranted({ name: "read", path: folder || "." })) return [];
  try {
    return readdirSync(folder || ".", { withFileTypes: true }).map((entry) => {
      const isLink = entry.isSymbolicLink();
      const isFolder = isLink
        ? statSync(folder + entry.name, { throwIfNoEntry: false })
          ?.isDirectory() === true
        : entry.isDirectory();
      return { name: entry.name, isFolder, isLink };
    });
  } catch {
    return [];
  }
}

function isFile(path: string): boolean {
  if (!isGranted({ name: "read", path })) return false;
  const stats = builtin("node:fs").statSync(path, { throwIfNoEntry: false });
  return stats !== undefined && !stats.isDirectory();
}

/** Makes a test for the names of one folder. */
function matcher(part: string): (name: string) => boolean {
  const source = part.replace(
    /\*+|\?|\[!?[^\]]+\]|[^]/g,
    (token) => {
      if (token.startsWith("*")) return "[^/]*";
      if (token === "?") return "[^/]";
      if (token.length > 1) {
        const isNot = token.startsWith("[!");
        const inside = token.slice(isNot ? 2 : 1, -1)
          .replace(/[\\^\]]/g, "\\$&");
        return `[${isNot ? "^" : ""}${inside}]`;
      }
      return token.replace(/[\\^$.|+()[\]{}]/g, "\\$&");
    },
  );
  const pattern = new RegExp(`^${source}$`, "s");
  const mayBeHidden = part.startsWith(".");
  return (name) => (mayBeHidden || !name.startsWith(".")) && pattern.test(name);
}
