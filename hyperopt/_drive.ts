import { isPromise } from "../internal/promises.ts";

/** An action that may take time: it returns a value or a promise. */
export type Action = () => unknown;

/**
 * Runs a generator that yields actions and gets their results: synchronously until the first action that
 * returns a promise, and asynchronously from then on.
 */
export function drive<R>(steps: Generator<Action, R, unknown>): R | Promise<R> {
  let step = steps.next();
  while (!step.done) {
    let result: unknown;
    try {
      result = step.value();
    } catch (error) {
      step = steps.throw(error);
      continue;
    }
    if (isPromise(result)) return driveOn(steps, result);
    step = steps.next(result);
  }
  return step.value;
}

async function driveOn<R>(
  steps: Generator<Action, R, unknown>,
  first: PromiseLike<unknown>,
): Promise<R> {
  let pending: unknown = first;
  for (;;) {
    let step: IteratorResult<Action, R>;
    try {
      step = steps.next(await pending);
    } catch (error) {
      // The awaited action failed. An error of the generator itself ends it, and `throw` throws it again.
      step = steps.throw(error);
    }
    if (step.done) return step.value;
    pending = later(step.value);
  }
}

/** Runs an action; an error that it throws rejects the promise. */
async function later(action: Action): Promise<unknown> {
  return await action();
}
