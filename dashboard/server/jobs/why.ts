/** Why two runs gave different results. */
import type { Run, SQLFinder } from "../../../tracker/mod.ts";
import { compareConfig, drawEvidence, explain } from "../../../why/mod.ts";
import type { WhyReply } from "../../api_types.ts";
import { evidenceState } from "../evidence_state.ts";
import { MissingError } from "../reply.ts";
import type { JobContext, JobInput } from "./jobs.ts";

/** Explains the difference of the runs `a` and `b`, by `metric` if it is given. */
export async function why(
  { a, b, metric }: JobInput,
  { finder, limit }: JobContext,
): Promise<WhyReply> {
  const pair = [await runOf(finder, a), await runOf(finder, b)] as const;
  // First: what changes meanwhile may be in the answer, or not.
  const state = await evidenceState(finder, [pair[0].id, pair[1].id]);
  const found = await explain(...pair, {
    finder,
    limit: Math.min(limit, MOST_RUNS),
    ...(metric !== undefined && { metric }),
  });
  const project = await projectOf(finder, pair[0]);
  const results = found.metric === undefined
    ? undefined
    : await finder.summariesOf(project, found.metric.key);
  return {
    ...found,
    project,
    drawn: drawEvidence(found, (run) => results?.get(run)?.last),
    setBy: settersOf(...pair),
    state,
  };
}

/** As `ato why`. */
const MOST_RUNS = 1_000;

async function runOf(
  finder: SQLFinder,
  id: string | undefined,
): Promise<Run> {
  const run = await finder.findRun(Number(id));
  if (run !== undefined) return run;
  throw new MissingError(`Cannot find run ${id}: it is no longer in the file`);
}

async function projectOf(finder: SQLFinder, run: Run): Promise<string> {
  const projects = await finder.listProjects();
  return projects.find(({ id }) => id === run.projectId)?.name ?? "";
}

function settersOf(a: Run, b: Run): Record<string, string> {
  const entries = compareConfig(a, b).flatMap(({ path, setByA, setByB }) => {
    const by = setByA === setByB
      ? setByA
      : `${setByA ?? "?"} → ${setByB ?? "?"}`;
    return by ? [[`config:${path}`, by] as const] : [];
  });
  return Object.fromEntries(entries);
}
