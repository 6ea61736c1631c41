/**
 * The test files of the quick suite: those that start no processes, which are the slow ones.
 *
 * @module
 */
import { ROOT } from "./registry.ts";

const RELATIVE = /^(?:import|export|\}).*\bfrom "(\.[^"]+)"/gm;

/**
 * Lists the test files that start no processes, neither themselves nor through a helper under `tests/`.
 *
 * @param folder The folder to look in, from the root of the repository.
 * @returns the paths from the root, sorted.
 */
export async function quickFiles(folder = "tests"): Promise<string[]> {
  const files: string[] = [];
  for await (const path of testFiles(folder)) {
    if (!await startsProcesses(new URL(path, `file://${ROOT}`), new Set())) {
      files.push(path);
    }
  }
  return files.sort();
}

async function* testFiles(folder: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(`${ROOT}${folder}`)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) yield* testFiles(path);
    else if (entry.name.endsWith("_test.ts")) yield path;
  }
}

async function startsProcesses(url: URL, seen: Set<string>): Promise<boolean> {
  if (seen.has(url.href) || !url.pathname.includes("/tests/")) return false;
  seen.add(url.href);
  const text = await readIfThere(url);
  if (/"node:(?:child_process|worker_threads)"/.test(text)) return true;
  for (const [, name] of text.matchAll(RELATIVE)) {
    if (await startsProcesses(new URL(name!, url), seen)) return true;
  }
  return false;
}

/** A test may hold the text of a program whose imports are no files of ours. */
async function readIfThere(url: URL): Promise<string> {
  try {
    return await Deno.readTextFile(url);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}
