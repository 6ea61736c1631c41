/**
 * What {@linkcode syncRuns} would send.
 *
 * @module
 */
import { SQLFinder } from "../../tracker/mod.ts";
import { readSent } from "./_state_file.ts";
import { revisionOf } from "./_revision.ts";
import type { SyncOptions } from "./sync_runs.ts";
import type { SyncTarget } from "./target.ts";

/** What would be sent of a run. */
export interface PlannedRun {
  /** Its id in the file. */
  readonly run: number;
  /** Its identity across machines. */
  readonly uuid: string;
  /** The name of its project. */
  readonly project: string;
  /** Whether it was never sent, has more than what was sent, or is there as it is here. */
  readonly state: "new" | "changed" | "same";
  /** The number of points that were not sent; absent if the target cannot tell. */
  readonly points?: number;
}

/**
 * Tells what would be sent, as far as this file remembers: neither the target nor anything here is touched.
 *
 * @param target The target.
 * @param options Which runs of which file.
 * @returns the runs, oldest first.
 */
export async function planSync(
  target: SyncTarget,
  options: Pick<SyncOptions, "dbPath" | "choose" | "onWarning">,
): Promise<PlannedRun[]> {
  const { dbPath, choose, onWarning } = options;
  const sent = await readSent(dbPath, target);
  const finder = new SQLFinder(
    dbPath,
    onWarning === undefined ? {} : { onWarning },
  );
  const planned: PlannedRun[] = [];
  try {
    for (const one of await finder.revisions()) {
      const { id, uuid, project } = one;
      const run = await finder.findRun(id);
      if (run === undefined || uuid === undefined) continue;
      if (run.deletedAt !== undefined) continue;
      if (!(await choose?.(run, project) ?? true)) continue;
      const known = sent.get(uuid);
      const state = known?.sent === undefined
        ? "new"
        : known.revision === revisionOf(one, run)
        ? "same"
        : "changed";
      const local = { run, uuid, project, finder, dbPath };
      const points = state === "same"
        ? 0
        : await target.unsent?.(local, known?.sent);
      planned.push({
        run: id,
        uuid,
        project,
        state,
        ...(points !== undefined && { points }),
      });
    }
    return planned;
  } finally {
    await finder.close();
  }
}
