import type { FlowingItems } from "./_flowing_items.ts";
import type { OpenCall } from "./_open_call.ts";

/** Whether a stream is one of bytes, which may be read into buffers of the reader's. */
function isByteStream(stream: ReadableStream<unknown>): boolean {
  try {
    (stream as ReadableStream<Uint8Array>).getReader({ mode: "byob" })
      .releaseLock();
    return true;
  } catch {
    // The only way to ask: a stream of anything else refuses such a reader.
    return false;
  }
}

/**
 * Passes a stream through: read as fast as it is read, cancelled when it is cancelled, and hashed as
 * it flows.
 */
export function watchStream(
  call: OpenCall,
  stream: ReadableStream<unknown>,
): ReadableStream<unknown> {
  if (stream.locked) {
    call.refuse("the stream is locked by another reader");
    return stream;
  }
  const bytes = isByteStream(stream);
  const source = watchedSource(call.openSequence(), stream.getReader());
  return bytes
    ? new ReadableStream({ type: "bytes", ...source })
    : new ReadableStream(source, { highWaterMark: 0 });
}

function watchedSource(
  items: FlowingItems,
  reader: ReadableStreamDefaultReader<unknown>,
) {
  return {
    async pull(
      controller: ReadableStreamController<unknown>,
    ): Promise<void> {
      let step: ReadableStreamReadResult<unknown>;
      try {
        step = await reader.read();
      } catch (error) {
        items.fail(error);
        controller.error(error);
        return;
      }
      if (step.done) {
        items.end("value");
        controller.close();
        // A waiting reader with a buffer of its own is told only by this.
        if ("byobRequest" in controller) controller.byobRequest?.respond(0);
        return;
      }
      items.add(step.value);
      controller.enqueue(step.value as never);
    },
    async cancel(reason: unknown): Promise<void> {
      items.end("partial");
      await reader.cancel(reason);
    },
  };
}
