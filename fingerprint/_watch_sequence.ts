import type { FlowingItems, OpenCall } from "./_open_call.ts";
import { Patch } from "./_patch.ts";

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

function isPromise(value: unknown): value is Promise<IteratorResult<unknown>> {
  return value instanceof Promise;
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
          note(items, method, step);
          return step;
        };
        return isPromise(result)
          ? result.then(noted, fail)
          : noted(result as IteratorResult<unknown>);
      })
  );
  if (!watched) items.refuse(UNCHANGEABLE);
}

/** Watches what can be iterated asynchronously, when it is iterated for the first time. */
export function watchAsyncIterable(call: OpenCall, iterable: object): void {
  const patch = new Patch(iterable);
  const watched = patch.replace(
    Symbol.asyncIterator,
    (original) =>
      function (...args) {
        patch.restore();
        const iterator: unknown = Reflect.apply(original, this, args);
        if (typeof iterator === "object" && iterator !== null) {
          watchIterator(call, iterator);
        }
        return iterator;
      },
  );
  if (!watched) call.refuse(UNCHANGEABLE);
}

/** Watches a promise of somebody else's making, when it is asked for its value: asking may start it. */
export function watchThenable(
  call: OpenCall,
  thenable: object,
  settle: (value: unknown) => unknown,
): void {
  const patch = new Patch(thenable);
  const watched = patch.replace("then", (original) =>
    function (...args) {
      patch.restore();
      const [onValue, onError] = args;
      return Reflect.apply(original, this, [
        (value: unknown) => {
          const given = settle(value);
          return typeof onValue === "function" ? onValue(given) : given;
        },
        (error: unknown) => {
          call.failed(error);
          if (typeof onError === "function") return onError(error);
          throw error;
        },
      ]);
    });
  if (!watched) call.refuse(UNCHANGEABLE);
}
