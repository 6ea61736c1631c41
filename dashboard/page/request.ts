/** Requests of views: what was read, and the states before and besides. */
import { useLayoutEffect, useState } from "preact/hooks";
import { ApiError } from "./api.ts";

/** Where a request stands. */
export type RequestState<Value> =
  | { readonly status: "loading" }
  | {
    readonly status: "ready";
    readonly value: Value;
    readonly error?: ApiError;
  }
  | { readonly status: "error"; readonly error: ApiError };

/** Milliseconds until a request is repeated that may succeed then. */
export const RETRY = 1_000;

/** Whether the same request may succeed soon: the file is locked or not there, or the server has too much to do. */
export function maySucceed(error: unknown): boolean {
  return error instanceof ApiError &&
    (error.kind === "busy" || error.kind === "full" || error.kind === "gone");
}

/**
 * Reads something for a view, and again when a dependency changes. What was read before is shown until then, so that
 * the view does not jump; with an error beside it, if there is one.
 *
 * @param ask Asks the server.
 * @param dependencies What the request depends on.
 * @returns where the request stands.
 */
export function useRequest<Value>(
  ask: (signal: AbortSignal) => Promise<Value>,
  dependencies: readonly unknown[],
): RequestState<Value> {
  const [state, setState] = useState<RequestState<Value>>({
    status: "loading",
  });
  const [attempt, setAttempt] = useState(0);
  // Not `useEffect`, which waits for a frame to be drawn: that is longer than many answers take.
  useLayoutEffect(() => {
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    ask(stop.signal).then(
      (value) => setState({ status: "ready", value }),
      (error: unknown) => {
        if (stop.signal.aborted) return;
        const problem = asApiError(error);
        setState((before) =>
          before.status === "ready"
            ? { ...before, error: problem }
            : { status: "error", error: problem }
        );
        if (maySucceed(problem)) {
          timer = setTimeout(() => setAttempt((n) => n + 1), RETRY);
        }
      },
    );
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [...dependencies, attempt]);
  return state;
}

function asApiError(error: unknown): ApiError {
  return error instanceof ApiError
    ? error
    : new ApiError("internal", String(error));
}
