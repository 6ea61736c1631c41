import { ScopeUsageError } from "./errors.ts";
import type { PendingView } from "../internal/trial_access.ts";

/**
 * Runs a resolution synchronously.
 *
 * @throws {ScopeUsageError} If a view returns a promise.
 */
export function driveSync<R>(steps: Generator<PendingView, R, void>): R {
  let step = steps.next();
  while (!step.done) {
    const { view, promise } = step.value;
    // The promise is not awaited: without a handler its rejection would end the process too.
    promise.then(undefined, () => {});
    step = steps.throw(
      new ScopeUsageError(
        `Cannot resolve the config synchronously: the view ${view} returned a promise; ` +
          "use applyAsync(), or give main() an async function",
      ),
    );
  }
  return step.value;
}

/** Runs a resolution and waits for views that return promises. */
export async function driveAsync<R>(
  steps: Generator<PendingView, R, void>,
): Promise<R> {
  let step = steps.next();
  while (!step.done) {
    // Thrown into the resolution, so that the manual can show the error.
    step = await step.value.promise.then(
      () => steps.next(),
      (error) => steps.throw(error),
    );
  }
  return step.value;
}
