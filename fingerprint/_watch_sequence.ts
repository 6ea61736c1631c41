import type { FlowingItems, OpenCall } from "./_open_call.ts";

/** How one step of an iterator ended. */
function note(items: FlowingItems, step: IteratorResult<unknown>): void {
  if (!step.done) return items.add(step.value);
  // What a generator returns at its end belongs to what it put out.
  if (step.value !== undefined) items.add(step.value);
  items.end("value");
}

/** Passes an iterator through: every step goes to the original, items are hashed as they flow. */
export function watchIterator(
  call: OpenCall,
  iterator: IterableIterator<unknown>,
): IterableIterator<unknown> {
  const items = call.openSequence();
  const step = (
    method: "next" | "return" | "throw",
    args: unknown[],
  ): unknown => {
    try {
      const result = Reflect.apply(
        iterator[method]!,
        iterator,
        args,
      ) as IteratorResult<unknown>;
      if (method === "return") items.end("partial");
      else note(items, result);
      return result;
    } catch (error) {
      items.fail(error);
      throw error;
    }
  };
  return passThrough(iterator, Symbol.iterator, step);
}

/** Passes an async iterator through, like {@linkcode watchIterator}. */
export function watchAsyncIterator(
  call: OpenCall,
  iterator: AsyncIterableIterator<unknown>,
): AsyncIterableIterator<unknown> {
  const items = call.openSequence();
  const step = async (
    method: "next" | "return" | "throw",
    args: unknown[],
  ): Promise<unknown> => {
    try {
      const result = await Reflect.apply(iterator[method]!, iterator, args);
      if (method === "return") items.end("partial");
      else note(items, result as IteratorResult<unknown>);
      return result;
    } catch (error) {
      items.fail(error);
      throw error;
    }
  };
  return passThrough(iterator, Symbol.asyncIterator, step);
}

/** A stand-in whose steps are watched; everything else is the original's. */
function passThrough<T extends object>(
  original: T,
  self: symbol,
  step: (method: "next" | "return" | "throw", args: unknown[]) => unknown,
): T {
  const standIn: T = new Proxy(original, {
    get(target, key) {
      if (key === self) return () => standIn;
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== "function") return value;
      if (key === "next" || key === "return" || key === "throw") {
        return (...args: unknown[]) => step(key, args);
      }
      return value.bind(target);
    },
  });
  return standIn;
}

/** Passes a stream through: read as fast as it is read, cancelled when it is cancelled. */
export function watchStream(
  call: OpenCall,
  stream: ReadableStream<unknown>,
): ReadableStream<unknown> {
  const items = call.openSequence();
  const reader = stream.getReader();
  return new ReadableStream<unknown>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (done) {
          items.end("value");
          controller.close();
        } else {
          items.add(value);
          controller.enqueue(value);
        }
      } catch (error) {
        items.fail(error);
        controller.error(error);
      }
    },
    async cancel(reason) {
      items.end("partial");
      await reader.cancel(reason);
    },
  }, { highWaterMark: 0 });
}
