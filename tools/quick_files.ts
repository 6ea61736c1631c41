/**
 * The test files of the quick suite: those that start no processes, which are the slow ones.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import { dirname, resolve, sep } from "node:path";
import { ROOT } from "./registry.ts";
import { testFiles } from "./test_files.ts";

/** Relative imports: static ones with and without names, re-exports, and dynamic ones. */
const RELATIVE = /\b(?:from|import)\s*\(?\s*"(\.{1,2}\/[^"]+)"/g;
/** What starts processes and threads. */
const STARTS =
  /"node:(?:child_process|cluster|worker_threads)"|\bDeno\.Command\b/;

/**
 * Lists the test files that start no processes, neither themselves nor through a helper in the folder.
 *
 * @param folder The folder to look in, from the root of the repository.
 * @returns the paths, the slowest files first.
 */
export async function quickFiles(folder = "tests"): Promise<string[]> {
  const within = resolve(ROOT, folder) + sep;
  const files: string[] = [];
  for (const path of await testFiles([folder])) {
    const file = resolve(ROOT, path);
    if (!await startsProcesses(file, { within, seen: new Set() })) {
      files.push(path);
    }
  }
  return files;
}

async function startsProcesses(
  file: string,
  { within, seen }: { readonly within: string; readonly seen: Set<string> },
): Promise<boolean> {
  if (seen.has(file) || !file.startsWith(within)) return false;
  seen.add(file);
  const text = await readIfThere(file);
  if (STARTS.test(text)) return true;
  for (const [, name] of text.matchAll(RELATIVE)) {
    const imported = resolve(dirname(file), name!);
    if (await startsProcesses(imported, { within, seen })) return true;
  }
  return false;
}

/** A test may contain the text of a program whose imports are not files of the repository. */
async function readIfThere(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (code === "ENOENT" || code === "ENOTDIR" || code === "EISDIR") return "";
    throw error;
  }
}
