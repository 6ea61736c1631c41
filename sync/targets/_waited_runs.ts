/** The runs that a sync waits for. */
import { isAlive } from "../../internal/process_identity.ts";
import type { RunProcess, RunRevision, SQLFinder } from "../../tracker/mod.ts";

/** Runs that are sent until they have ended. */
export interface WaitedRuns {
  /** Whether a run is one of them. */
  has(run: RunRevision): Promise<boolean>;
  /** Whether further runs can come. */
  canGrow(): boolean;
  /** The name of what is waited for, if others may wait for it, too. */
  readonly process?: string;
}

/** Returns one run. */
export function oneRun(uuid: string): WaitedRuns {
  return {
    has: (run) => Promise.resolve(run.uuid === uuid),
    canGrow: () => false,
  };
}

/**
 * Returns the runs that a process records, until it has ended.
 *
 * @param uuid One of its runs.
 * @param finder The file.
 */
export async function runsOfProcess(
  uuid: string,
  finder: SQLFinder,
): Promise<WaitedRuns> {
  const first = await finder.findRun(uuid);
  const recorder = first?.process;
  // Nobody knows whose other runs are.
  if (first === undefined || recorder === undefined) return oneRun(uuid);
  const process = nameOf(recorder);
  const found = new Map<number, boolean>();
  return {
    process,
    // Without a sign of life none is expected: then only what is there already is sent.
    canGrow: () => isAlive(recorder) === true,
    async has({ id }) {
      if (id < first.id) return false;
      const known = found.get(id);
      if (known !== undefined) return known;
      const other = (await finder.findRun(id))?.process;
      const isOne = other !== undefined && nameOf(other) === process;
      found.set(id, isOne);
      return isOne;
    },
  };
}

function nameOf({ host, bootId, pid, pidStart }: RunProcess): string {
  return JSON.stringify([host, bootId, pid, pidStart]);
}
