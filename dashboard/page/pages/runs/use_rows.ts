/** The rows of a project, as they change. */
import { useRef } from "preact/hooks";
import type { MatchesReply, RunsReply } from "../../../api_types.ts";
import { read } from "../../api.ts";
import { changes } from "../../live.ts";
import { type RequestState, useRequest } from "../../request.ts";
import { merge, type RunRows } from "./rows.ts";

/** Reads the rows, and at each change of the file what is new. */
export function useRows(
  project: string,
  metric: string | undefined,
): RequestState<RunRows> {
  const known = useRef<
    { readonly of: string; readonly rows: RunRows } | undefined
  >(undefined);
  const of = JSON.stringify([project, metric]);
  return useRequest(async (signal) => {
    const before = known.current?.of === of ? known.current.rows : undefined;
    const reply = await read<RunsReply>("/api/runs", {
      project,
      metric,
      since: before?.version,
    }, signal);
    const isNew = reply.isWhole || reply.version !== before?.version ||
      before === undefined;
    const rows = isNew ? merge(before, reply) : before;
    known.current = { of, rows };
    return rows;
  }, [of, changes.value]);
}

/** Reads which runs meet the conditions; `undefined` if there are none to meet. */
export function useMatches(
  project: string,
  conditions: readonly string[],
): RequestState<ReadonlySet<number> | undefined> {
  const hasConditions = conditions.length > 0;
  return useRequest(async (signal) => {
    if (!hasConditions) return undefined;
    const { ids } = await read<MatchesReply>("/api/matches", {
      project,
      where: conditions,
    }, signal);
    return new Set(ids);
  }, [project, JSON.stringify(conditions), hasConditions ? changes.value : 0]);
}
