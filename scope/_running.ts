import type { ADict } from "../adict/mod.ts";
import { ScopeUsageError } from "./errors.ts";

/** The lazy views of a resolution, as `Scope.lazy` needs them. */
export interface LazyQueue {
  /** Adds a lazy view. */
  later(fn: (config: ADict) => unknown, priority: number): void;
}

// The queues of the views that are running, innermost last. It is empty when no view is running.
const running: LazyQueue[] = [];

/** Runs a view so that `Scope.lazy` in it finds its scope. */
export function runIn<R>(queue: LazyQueue, fn: () => R): R {
  running.push(queue);
  try {
    return fn();
  } finally {
    running.pop();
  }
}

/** Returns the queue of the view that is running. */
export function currentQueue(): LazyQueue {
  const queue = running.at(-1);
  if (queue !== undefined) return queue;
  throw new ScopeUsageError(
    "Cannot make a lazy view here: Scope.lazy works inside a running view, and in an async view " +
      "only before its first await; use observe({ lazy: true })",
  );
}
