/** Describes the runs that an answer of why rests on. */
import { createHash } from "node:crypto";
import type { SQLFinder } from "../../tracker/mod.ts";

/**
 * Returns a text that differs when a run that `why` reads has changed: one of the pair, or a run of the project of the
 * first one. What runs of other projects log does not change it, and neither does what a run prints.
 *
 * @param finder The file.
 * @param pair The ids of the two runs.
 */
export async function evidenceState(
  finder: SQLFinder,
  [a, b]: readonly [a: number, b: number],
): Promise<string> {
  const all = await finder.revisions();
  const project = all.find(({ id }) => id === a)?.project;
  const hash = createHash("sha256");
  for (const run of all) {
    if (run.project !== project && run.id !== b) continue;
    hash.update(JSON.stringify([run.id, run.uuid, run.project, run.revision]));
  }
  return hash.digest("hex");
}
