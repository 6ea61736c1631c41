/** Requests that are repeated when the file changes. */
import { useEffect, useState } from "preact/hooks";
import { changes, replacements } from "./live.ts";
import { type RequestState, useRequest } from "./request.ts";

/**
 * Reads something for a view, again when a dependency changes, and again when the file has changed since. A file that
 * changes all the time does not break off a request that is under way: it would never be answered.
 *
 * @param ask Asks the server.
 * @param dependencies What the request depends on.
 * @param isLive Whether the file can change the answer; another file at its place always can.
 * @returns where the request stands.
 */
export function useLiveRequest<Value>(
  ask: (signal: AbortSignal) => Promise<Value>,
  dependencies: readonly unknown[],
  isLive = true,
): RequestState<Value> {
  const [asked, setAsked] = useState(() => changes.peek());
  const [answered, setAnswered] = useState(-1);
  // What does not follow the file is not drawn again at each change either.
  const newest = isLive ? changes.value : asked;
  const state = useRequest(async (signal) => {
    try {
      return await ask(signal);
    } finally {
      if (!signal.aborted) setAnswered(asked);
    }
  }, [...dependencies, asked, replacements.value]);
  useEffect(() => {
    if (answered === asked && newest !== asked) setAsked(newest);
  }, [answered, asked, newest]);
  return state;
}
