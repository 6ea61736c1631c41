/** The versions of a trace or of a factor, as `ato trace` lists them. */
import { factorValue } from "../../../internal/factor_value.ts";
import { DIMENSION_OF, kindOfFactor } from "../../../internal/run_factors.ts";
import { factorVersions, traceMeans } from "../../../why/mod.ts";
import type { VersionsReply } from "../../api_types.ts";
import { factsOf } from "./facts_of.ts";
import type { JobContext, JobInput } from "./jobs.ts";

/** Lists the versions of `id` in `project`, with the means of `metric` if it is given. */
export async function versions(
  { project = "", id = "", metric }: JobInput,
  context: JobContext,
): Promise<VersionsReply> {
  return isFactor(id)
    ? await versionsOfFactor({ project, id, metric }, context)
    : await versionsOfTrace({ project, id, metric }, context);
}

function isFactor(id: string): boolean {
  return id === "seed" || id === "command" ||
    (id.includes(":") && Object.hasOwn(DIMENSION_OF, kindOfFactor(id)));
}

interface Wanted {
  readonly project: string;
  readonly id: string;
  readonly metric: string | undefined;
}

async function versionsOfFactor(
  { project, id, metric }: Wanted,
  context: JobContext,
): Promise<VersionsReply> {
  const metrics = metric === undefined ? [] : [metric];
  const { facts, leftOut } = await factsOf(project, context, metrics);
  const found = factorVersions(facts, id, metric);
  return {
    versions: found.map(({ value, runs, mean }) => ({
      type: kindOfFactor(id),
      value: factorValue(value, { digits: 12, length: 60 }),
      runs: runs.length,
      ...(runs[0] !== undefined && { first: runs[0], last: runs.at(-1)! }),
      ...(mean !== undefined && { mean }),
    })),
    leftOut,
  };
}

async function versionsOfTrace(
  { project, id: traceId, metric }: Wanted,
  { finder, limit }: JobContext,
): Promise<VersionsReply> {
  const { versions } = await finder.getTraceStatistics(project, traceId);
  const means = new Map<string, number>();
  let leftOut = 0;
  if (metric !== undefined && versions.length > 0) {
    const summaries = await finder.summariesOf(project, metric);
    const all = await finder.getRunsInProject(project);
    const runs = all.slice(-limit);
    leftOut = all.length - runs.length;
    for (const type of ["static", "deep", "runtime"] as const) {
      const found = await traceMeans(
        runs,
        { traceId, type },
        (run) => Promise.resolve(summaries.get(run.id)?.last),
      );
      for (const [hash, mean] of found) means.set(hash, mean);
    }
  }
  return {
    versions: versions.map(({ type, hash, count, firstSeen, lastSeen }) => {
      const mean = means.get(hash);
      return {
        type,
        value: factorValue(hash, { digits: 12, length: 60 }),
        runs: count,
        ...(firstSeen && { firstSeen: firstSeen.getTime() }),
        ...(lastSeen && { lastSeen: lastSeen.getTime() }),
        ...(mean !== undefined && { mean }),
      };
    }),
    leftOut,
  };
}
