/** The console output of a run as it grows. */
import { useEffect, useRef, useState } from "preact/hooks";
import type {
  ConsolePiece,
  ConsoleReply,
  RunReply,
} from "../../../api_types.ts";
import { ApiError, read } from "../../api.ts";
import { changes } from "../../live.ts";

/** Bytes of an answer. */
const MOST = 256 * 1024;
/** The most bytes that are shown; of a longer output, the start is dropped while it grows. */
const SHOWN = 1024 * 1024;

/** What is here of the output. */
export interface ConsoleLog {
  /** The answers, in order. */
  readonly replies: readonly ConsoleReply[];
  readonly isLoaded: boolean;
  readonly error?: ApiError;
}

/** Reads the end of the output, then what is added; `readEarlier` reads what is before it. */
export function useConsole(
  { id, status }: RunReply,
): readonly [log: ConsoleLog, readEarlier: () => void] {
  const [log, setLog] = useState<ConsoleLog>({ replies: [], isLoaded: false });
  const end = useRef<number | undefined>(undefined);
  const problem = (error: unknown) => {
    const known = error instanceof ApiError
      ? error
      : new ApiError("internal", String(error));
    setLog((before) => ({ ...before, isLoaded: true, error: known }));
  };
  useEffect(() => {
    const stop = new AbortController();
    follow(id, end.current, stop.signal, (reply) => {
      end.current = reply.end;
      setLog(({ replies }) => ({
        replies: newest([...replies, reply]),
        isLoaded: true,
      }));
    }).catch((error) => {
      if (!stop.signal.aborted) problem(error);
    });
    return () => stop.abort();
  }, [id, status, status === "running" ? changes.value : 0]);
  const readEarlier = () => {
    const start = log.replies[0]?.start ?? 0;
    const from = Math.max(0, start - MOST);
    read<ConsoleReply>(`/api/runs/${id}/console`, { from, most: start - from })
      .then(
        (reply) =>
          setLog(({ replies }) => ({
            replies: [reply, ...replies],
            isLoaded: true,
          })),
      ).catch(problem);
  };
  return [log, readEarlier];
}

/** Reads until there is no more for now. */
async function follow(
  id: number,
  start: number | undefined,
  signal: AbortSignal,
  add: (reply: ConsoleReply) => void,
): Promise<void> {
  for (let from = start;;) {
    const reply = await read<ConsoleReply>(
      `/api/runs/${id}/console`,
      { from },
      signal,
    );
    if (signal.aborted) return;
    const isFirst = from === undefined;
    if (isFirst || reply.pieces.length > 0) add(reply);
    if (isFirst || reply.pieces.length === 0) return;
    from = reply.end;
  }
}

/** Drops the oldest answers beyond what is shown. */
function newest(replies: ConsoleReply[]): ConsoleReply[] {
  const last = replies.at(-1)?.end ?? 0;
  return replies.filter(({ end }, i) =>
    last - end < SHOWN || i === replies.length - 1
  );
}

/** The pieces of all answers. */
export function piecesOf({ replies }: ConsoleLog): ConsolePiece[] {
  return replies.flatMap(({ pieces }) => pieces);
}
