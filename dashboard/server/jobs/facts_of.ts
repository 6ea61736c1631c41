/** The facts of the runs of a project. */
import type { RunFacts } from "../../../why/mod.ts";
import type { JobContext } from "./jobs.ts";

/**
 * Reads the facts of the runs of a project; if there are more than the limit, of those whose recipes are nearest to
 * the newest run's.
 *
 * @returns the facts, oldest first, and the number of runs that were not read.
 */
export async function factsOf(
  project: string,
  { finder, limit }: JobContext,
  metrics: readonly string[],
): Promise<{ readonly facts: readonly RunFacts[]; readonly leftOut: number }> {
  const [newest] = await finder.getRunsInProject(project, { last: 1 });
  const history = newest && await finder.history(newest, newest, {
    limit,
    metrics: [...metrics],
    isLazy: metrics.length === 0,
  });
  if (history === undefined) return { facts: [], leftOut: 0 };
  const { a, others, leftOut } = history;
  return {
    facts: [a, ...others].sort((one, other) => one.id - other.id),
    leftOut,
  };
}
