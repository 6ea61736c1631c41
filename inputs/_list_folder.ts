/** The content of a folder that was given as a whole, found out beside other work. */
import { setImmediate } from "node:timers/promises";
import { filesIn, type FolderProblem } from "../internal/list_folder.ts";
import type { InputContent, SeenRead } from "../internal/run_inputs.ts";

/** Milliseconds of work after which other work of the thread gets its turn. */
const TURN = 8;

/** Lists the files in a folder and below it, links followed; they count as they were when the folder was read. */
export async function contentOfFolder(
  folder: SeenRead,
): Promise<Extract<InputContent, { readonly files: unknown }>> {
  const files: SeenRead[] = [];
  const problems: FolderProblem[] = [];
  let since = performance.now();
  for (const found of filesIn(folder)) {
    if ("path" in found) files.push(found);
    else problems.push(found);
    if (performance.now() - since <= TURN) continue;
    await setImmediate();
    since = performance.now();
  }
  return { files, problems };
}
