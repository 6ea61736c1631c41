/**
 * The test files of the quick suite: those that start no processes, which are the slow ones.
 *
 * @module
 */
import { resolve, sep } from "node:path";
import { reachedTexts } from "./reached_texts.ts";
import { ROOT } from "./registry.ts";
import { testFiles } from "./test_files.ts";

/** What starts processes and threads. */
const STARTS =
  /"node:(?:child_process|cluster|worker_threads)"|\bDeno\.Command\b|\bimport\("playwright-core"\)/;

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
    if (!await startsProcesses(resolve(ROOT, path), within)) files.push(path);
  }
  return files;
}

async function startsProcesses(file: string, within: string): Promise<boolean> {
  for await (const { text } of reachedTexts(file, within)) {
    if (STARTS.test(text)) return true;
  }
  return false;
}
