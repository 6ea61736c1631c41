import { ScopeUsageError } from "./errors.ts";
import type { PendingView } from "../internal/trial_access.ts";

/**
 * Runs a resolution at once.
 *
 * @throws {ScopeUsageError} Where a view returns a promise.
 */
export function driveSync<R>(steps: Generator<PendingView, R, void>): R {
  let step = steps.next();
  while (!step.done) {
    const { view, promise } = step.value;
    // Nobody waits for it: without this its failure would end the process on top of our error.
    promise.then(undefined, () => {});
    step = steps.throw(
      new ScopeUsageError(
        `Cannot resolve the config at once: the view ${view} returned a promise; ` +
          "use applyAsync(), or give main() an async function",
      ),
    );
  }
  return step.value;
}

/** Runs a resolution, waiting for views that return promises. */
export async function driveAsync<R>(
  steps: Generator<PendingView, R, void>,
): Promise<R> {
  let step = steps.next();
  while (!step.done) {
    // Thrown into the resolution, where the manual may want to tell of it.
    step = await step.value.promise.then(
      () => steps.next(),
      (error) => steps.throw(error),
    );
  }
  return step.value;
}
