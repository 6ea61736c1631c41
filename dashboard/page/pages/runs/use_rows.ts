/** The rows of a project, as they change. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { MatchesReply, RunsReply } from "../../../api_types.ts";
import { read } from "../../api.ts";
import { changes } from "../../live.ts";
import { useLiveRequest } from "../../live_request.ts";
import { type RequestState, useRequest } from "../../request.ts";
import { merge, type RunRows } from "./rows.ts";

/** Reads the rows: the newest first, then the others, then at each change of the file what is new. */
export function useRows(
  project: string,
  metric: string | undefined,
): RequestState<RunRows> {
  const known = useRef<
    { readonly of: string; readonly rows: RunRows } | undefined
  >(undefined);
  const [page, setPage] = useState(0);
  const of = JSON.stringify([project, metric]);
  const state = useLiveRequest(async (signal) => {
    const before = known.current?.of === of ? known.current.rows : undefined;
    const query = { project, metric, since: before?.version };
    const reply = await read<RunsReply>("/api/runs", query, signal);
    const isNew = reply.isWhole || before === undefined ||
      reply.version !== before.version ||
      reply.isComplete !== before.isComplete;
    const rows = isNew ? merge(before, reply) : before;
    known.current = { of, rows };
    return rows;
  }, [of, page]);
  const rows = state.status === "ready" ? state.value : undefined;
  useEffect(() => {
    if (rows?.isComplete === false) setPage((before) => before + 1);
  }, [rows]);
  return state;
}

/** Reads which runs meet the conditions; `undefined` if there are none to meet. */
export function useMatches(
  project: string,
  conditions: readonly string[],
): RequestState<ReadonlySet<number> | undefined> {
  const hasConditions = conditions.length > 0;
  return useRequest(async (signal) => {
    if (!hasConditions) return undefined;
    const query = { project, where: conditions };
    const { ids } = await read<MatchesReply>("/api/matches", query, signal);
    return new Set(ids);
  }, [project, JSON.stringify(conditions), hasConditions ? changes.value : 0]);
}
