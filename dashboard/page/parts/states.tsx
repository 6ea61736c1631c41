/** What a view shows besides its content: nothing yet, nothing at all, a problem. */
import type { ComponentChildren, VNode } from "preact";
import type { ApiError } from "../api.ts";
import { gone } from "../live.ts";
import type { RequestState } from "../request.ts";
import { shown } from "../text.ts";

/** Shows what a request has read. */
export function Loaded<Value>({ state, what, children }: {
  readonly state: RequestState<Value>;
  /** What is read, for the person who waits: `the runs`. */
  readonly what: string;
  readonly children: (value: Value) => ComponentChildren;
}): VNode {
  switch (state.status) {
    case "loading":
      return <Loading what={what} />;
    case "error":
      // A view that has nothing yet waits for the file.
      return state.error.kind === "gone"
        ? <Loading what={what} />
        : <Problem error={state.error} />;
    case "ready":
      return (
        <>
          {state.error && <Problem error={state.error} />}
          {children(state.value)}
        </>
      );
  }
}

/** The view waits. It shows only after a moment, so that a fast answer does not flash. */
export function Loading({ what }: { readonly what: string }): VNode {
  return <p class="state state-loading" role="status">Reading {what} …</p>;
}

/** There is nothing to show. */
export function Empty(
  { title, hint }: { readonly title: string; readonly hint?: string },
): VNode {
  return (
    <div class="state state-empty" role="status">
      <strong>{title}</strong>
      {hint !== undefined && <p>{hint}</p>}
    </div>
  );
}

const TITLES: Readonly<Record<ApiError["kind"], string>> = {
  forbidden: "The server refuses",
  usage: "This cannot be read",
  missing: "Not found",
  busy: "The file is busy; trying again",
  full: "The dashboard is busy; trying again",
  gone: "The file is not there; waiting for it",
  damaged: "The file is damaged",
  internal: "The dashboard has a fault",
  offline: "No connection",
};

/** Something cannot be shown. That there is no file is said once, by {@linkcode Gone}. */
export function Problem(
  { error }: { readonly error: ApiError },
): VNode | null {
  const { kind, message } = error;
  return kind === "gone" ? null : <Alert kind={kind} message={message} />;
}

/** Says that there is no file, while there is none. What was read of it stays below. */
export function Gone(): VNode | null {
  const message = gone.value;
  return message === undefined ? null : <Alert kind="gone" message={message} />;
}

function Alert({ kind, message }: {
  readonly kind: ApiError["kind"];
  readonly message: string;
}): VNode {
  return (
    <div class={`state state-problem state-${kind}`} role="alert">
      <strong>{TITLES[kind]}</strong>
      <p>{shown(message)}</p>
    </div>
  );
}

/** What is left out of a view because the file is damaged. */
export function Warnings(
  { lines }: { readonly lines: readonly string[] },
): VNode | null {
  if (lines.length === 0) return null;
  return (
    <details class="state state-damaged">
      <summary>
        The file is damaged:{" "}
        {lines.length === 1 ? "something is" : `${lines.length} things are`}
        {" "}
        left out
      </summary>
      <ul>{lines.map((line) => <li key={line}>{shown(line)}</li>)}</ul>
    </details>
  );
}
