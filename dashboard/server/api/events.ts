/** Tells the page that the file changed, as server-sent events. */
import type { ChangeEvent } from "../../api_types.ts";
import type { Endpoint } from "../endpoint.ts";

/** Milliseconds between comments that keep the connection open, and find out whether the page is still there. */
const KEEP_ALIVE = 15_000;

/** `GET /api/events`. */
export const events: Endpoint = {
  path: "/api/events",
  answer(query, { live }) {
    const { signal } = query;
    const encoder = new TextEncoder();
    const left = new AbortController();
    const isOver = AbortSignal.any([signal, left.signal]);
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        const send = (text: string) => controller.enqueue(encoder.encode(text));
        send(": open\n\n");
        const timer = setInterval(() => send(": alive\n\n"), KEEP_ALIVE);
        live.listen((version) => {
          const event: ChangeEvent = { version };
          // A page that does not read gets no more: the next event says all that this one says.
          if ((controller.desiredSize ?? 0) > -8) {
            send(`event: change\ndata: ${JSON.stringify(event)}\n\n`);
          }
        }, isOver);
        isOver.addEventListener("abort", () => clearInterval(timer));
        if (isOver.aborted) clearInterval(timer);
      },
      cancel: () => left.abort(),
    });
    return Promise.resolve(
      new Response(body, { headers: { "content-type": "text/event-stream" } }),
    );
  },
};
