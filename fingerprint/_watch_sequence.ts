import { attempt } from "./_attempt.ts";
import type { FlowingItems } from "./_flowing_items.ts";
import type { OpenCall } from "./_open_call.ts";
import { Patch } from "./_patch.ts";
import { isThenable } from "./value.ts";

const UNCHANGEABLE =
  "it is frozen, so that it cannot be watched; look at its content with inspectFn";

type StepMethod = "next" | "return" | "throw";

/** Notes how one step of an iterator ended. */
function note(
  items: FlowingItems,
  method: StepMethod,
  step: IteratorResult<unknown>,
): void {
  if (!step.done) items.add(step.value);
  else if (method === "return") items.end("partial");
  else {
    items.returned(step.value);
    items.end("value");
  }
}

/**
 * Watches an iterator, sync or async: its steps are the original's, on the same object, and what
 * they give is hashed as it flows.
 */
export function watchIterator(call: OpenCall, iterator: object): void {
  const items = call.openSequence();
  const patch = new Patch(iterator);
  items.onEnd(() => patch.restore());
  const fail = (error: unknown): never => {
    items.fail(error);
    throw error;
  };
  const watched = (["next", "return", "throw"] as const).every((method) =>
    patch.replace(method, (original) =>
      function (...args) {
        let result: unknown;
        try {
          result = Reflect.apply(original, this, args);
        } catch (error) {
          return fail(error);
        }
        const noted = (step: IteratorResult<unknown>) => {
          // A step that cannot be read is for the reader to find out.
          const read = attempt(() => note(items, method, step));
          if ("reason" in read) items.refuse(read.reason);
          return step;
        };
        if (result instanceof Promise) return result.then(noted, fail);
        return isThenable(result)
          ? Promise.resolve(result as PromiseLike<never>).then(noted, fail)
          : noted(result as IteratorResult<unknown>);
      })
  );
  if (!watched) items.refuse(UNCHANGEABLE);
}

/** Watches what can be iterated asynchronously, when it is iterated for the first time. */
export function watchAsyncIterable(call: OpenCall, iterable: object): void {
  const arrived = call.waits("the run ended before anybody read it");
  const patch = new Patch(iterable);
  const watched = patch.replace(
    Symbol.asyncIterator,
    (original) =>
      function (...args) {
        patch.restore();
        arrived();
        const iterator: unknown = Reflect.apply(original, this, args);
        const isObject = typeof iterator === "object" && iterator !== null;
        // Some can be awaited as well, and are recorded then.
        if (isObject && !call.ended) watchIterator(call, iterator);
        return iterator;
      },
  );
  if (!watched) {
    arrived();
    call.refuse(UNCHANGEABLE);
  }
}

/** Watches a promise of somebody else's making, when it is asked for its value: asking may start it. */
export function watchThenable(
  call: OpenCall,
  thenable: object,
  unsettled: string,
  settle: (value: unknown) => unknown,
): void {
  const arrived = call.waits(unsettled);
  const patch = new Patch(thenable);
  const watched = patch.replace("then", (original) =>
    function (...args) {
      patch.restore();
      const [onValue, onError] = args;
      return Reflect.apply(original, this, [
        (value: unknown) => {
          arrived();
          const given = settle(value);
          return typeof onValue === "function" ? onValue(given) : given;
        },
        (error: unknown) => {
          arrived();
          call.failed(error);
          if (typeof onError === "function") return onError(error);
          throw error;
        },
      ]);
    });
  if (!watched) {
    arrived();
    call.refuse(UNCHANGEABLE);
  }
}
