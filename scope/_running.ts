import type { ADict } from "../adict/mod.ts";
import { ScopeUsageError } from "./errors.ts";

/** What `Scope.lazy` needs of the view that calls it. */
export interface LazyQueue {
  /** Keeps a function for later. */
  later(fn: (config: ADict) => unknown, priority: number): void;
}

// The views that are running, innermost last. It is empty whenever no view is.
const running: LazyQueue[] = [];

/** Runs a view, so that `Scope.lazy` in it finds its scope. */
export function runIn<R>(queue: LazyQueue, fn: () => R): R {
  running.push(queue);
  try {
    return fn();
  } finally {
    running.pop();
  }
}

/** The queue of the view that is running. */
export function currentQueue(): LazyQueue {
  const queue = running.at(-1);
  if (queue !== undefined) return queue;
  throw new ScopeUsageError(
    "Cannot make a lazy view here: Scope.lazy works inside a running view, and in an async view " +
      "only before its first await; use observe({ lazy: true })",
  );
}
