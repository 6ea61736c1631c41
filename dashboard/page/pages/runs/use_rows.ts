/** The rows of a project, as they change. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { MatchesReply, RunsReply } from "../../../api_types.ts";
import { type ApiError, read } from "../../api.ts";
import { useLiveRequest } from "../../live_request.ts";
import type { RequestState } from "../../request.ts";
import { readFilter } from "./filter.ts";
import { merge, type RunRow, type RunRows } from "./rows.ts";

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

/** The rows that a filter leaves. */
export interface ChosenRows {
  readonly rows: readonly RunRow[];
  /** Why its conditions could not be answered; until they can, they leave all rows. */
  readonly error?: ApiError;
}

/** Chooses rows by what a person typed; the server answers the conditions, and again when the file has changed. */
export function useChosenRows(
  project: string,
  all: readonly RunRow[],
  where: string,
): ChosenRows {
  const filter = useMemo(() => readFilter(where), [where]);
  const { conditions } = filter;
  const hasConditions = conditions.length > 0;
  const state = useLiveRequest(
    async (signal) => {
      if (!hasConditions) return undefined;
      const query = { project, where: conditions };
      const { ids } = await read<MatchesReply>("/api/matches", query, signal);
      return new Set(ids);
    },
    [project, JSON.stringify(conditions)],
    hasConditions,
  );
  const ids = state.status === "ready" ? state.value : undefined;
  const rows = useMemo(
    () =>
      all.filter((row) => (ids?.has(row.id) ?? true) && filter.matches(row)),
    [all, ids, filter],
  );
  const error = state.status === "loading" ? undefined : state.error;
  return { rows, ...(error && { error }) };
}
