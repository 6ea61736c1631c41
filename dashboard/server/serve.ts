/**
 * HTTP for a handler of web requests, over `node:http`, which Deno and Node both have.
 */
import {
  createServer,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";

/** Answers a request. */
export type Handler = (request: Request) => Response | Promise<Response>;

/** A server that accepts requests. */
export interface Server {
  /** Its port. */
  readonly port: number;
  /** Ends all connections. */
  close(): Promise<void>;
}

/** The most connections at a time. */
const MOST_CONNECTIONS = 256;

/**
 * The bytes of an answer that are written at once. A client gets its time for each piece: through a slow line, a whole
 * table takes longer.
 */
const PIECE = 64 * 1024;

/** Where to listen, and for how long a client may be slow. */
export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  /**
   * Milliseconds in which a client must have sent its request, and in which it must read a part of the answer: a slow
   * one must not hold a connection for ever.
   */
  readonly patience: number;
}

/** Listens at an address. */
export async function listen(
  handler: Handler,
  { host, port, patience }: ListenOptions,
): Promise<Server> {
  // By default, clients that are too slow are looked for every 30 seconds only.
  const connectionsCheckingInterval = Math.min(1_000, patience);
  const server = createServer(
    { connectionsCheckingInterval },
    (incoming, outgoing) => {
      answer(handler, incoming, outgoing, patience)
        .catch(() => outgoing.destroy());
    },
  );
  server.requestTimeout = patience;
  server.headersTimeout = patience;
  server.maxConnections = MOST_CONNECTIONS;
  await new Promise<void>((done, fail) => {
    server.once("error", fail);
    server.listen(port, host, () => {
      server.off("error", fail);
      done();
    });
  });
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : port,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  handler: Handler,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  patience: number,
): Promise<void> {
  const gone = new AbortController();
  outgoing.once("close", () => gone.abort());
  const request = toRequest(incoming, gone.signal);
  const response = request === undefined
    ? new Response(null, { status: 400 })
    : await handler(request);
  const headers = Object.fromEntries(response.headers);
  outgoing.writeHead(response.status, {
    ...headers,
    // A page of another site must not keep the few connections that there are.
    ...(response.status >= 400 && { connection: "close" }),
  });
  const isEmpty = response.body === null || incoming.method === "HEAD";
  if (isEmpty || gone.signal.aborted) {
    await response.body?.cancel();
    outgoing.end();
  } else {
    await send(response.body, outgoing, { signal: gone.signal, patience });
  }
}

/** `undefined` for what no browser sends: an address that is not a path, or headers that are not valid. */
function toRequest(
  incoming: IncomingMessage,
  signal: AbortSignal,
): Request | undefined {
  const { url = "", method = "GET", headers } = incoming;
  if (!url.startsWith("/")) return undefined;
  const given = new Headers();
  try {
    for (const [name, value] of Object.entries(headers)) {
      if (value !== undefined) {
        given.set(name, Array.isArray(value) ? value.join(", ") : value);
      }
    }
    // The name is no host: only the header `host` says what the client asked for. No body is read.
    return new Request(`http://dashboard.invalid${url}`, {
      method,
      headers: given,
      signal,
    });
  } catch {
    return undefined;
  }
}

async function send(
  body: ReadableStream<Uint8Array>,
  outgoing: ServerResponse,
  { signal, patience }: {
    readonly signal: AbortSignal;
    readonly patience: number;
  },
): Promise<void> {
  const reader = body.getReader();
  signal.addEventListener("abort", () => void reader.cancel().catch(() => {}));
  for (;;) {
    const { done, value } = await reader.read();
    if (done || signal.aborted) break;
    for (let at = 0; at < value.length && !signal.aborted; at += PIECE) {
      // A slow client makes the source wait instead of filling the memory.
      if (!outgoing.write(value.subarray(at, at + PIECE))) {
        await drained(outgoing, patience);
      }
    }
  }
  outgoing.end();
}

/** Waits until the client has read; one that reads nothing is left. */
function drained(outgoing: ServerResponse, patience: number): Promise<void> {
  return new Promise((done) => {
    const end = () => {
      clearTimeout(timer);
      outgoing.off("drain", end);
      outgoing.off("close", end);
      done();
    };
    const timer = setTimeout(() => outgoing.destroy(), patience);
    outgoing.once("drain", end);
    outgoing.once("close", end);
  });
}
