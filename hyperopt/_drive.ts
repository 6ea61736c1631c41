import { isPromise } from "../internal/promises.ts";

/** Something that may take time: it gives a value or a promise. */
export type Action = () => unknown;

/**
 * Runs steps that yield what is to be done and get its result: at once as long as nothing gives a
 * promise, as a promise from then on.
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
      // Of what was waited for: what the steps themselves throw ends them, and comes again.
      step = steps.throw(error);
    }
    if (step.done) return step.value;
    pending = later(step.value);
  }
}

/** What an action gives, with what it throws as a rejection. */
async function later(action: Action): Promise<unknown> {
  return await action();
}
