/** Clients that send or read slowly, or not at all: they must not stop others, and are ended. */
import { test } from "node:test";
import { connect, type Socket } from "node:net";
import { assert, assertEquals } from "@std/assert";
import { LiveChanges } from "../../dashboard/server/live.ts";
import { listen } from "../../dashboard/server/serve.ts";
import { until } from "../_shared/patience.ts";
import { ask, makeRun, type Served, withDashboard } from "./_lib.ts";

/** A connection, what it received, and when it ended. */
interface Client {
  readonly socket: Socket;
  received(): string;
  readonly ended: Promise<void>;
}

function open(port: number): Promise<Client> {
  const socket = connect(port, "127.0.0.1");
  let text = "";
  socket.on("data", (part) => text += part);
  // The server may reset the connection.
  socket.on("error", () => {});
  const ended = new Promise<void>((done) => socket.once("close", () => done()));
  return new Promise((done) =>
    socket.once("connect", () => done({ socket, received: () => text, ended }))
  );
}

/**
 * Others are answered. On a busy machine the request itself can be taken for a slow one, which is ended or gets 408:
 * then it is sent again.
 */
async function assertServes({ dashboard: { port } }: Served): Promise<void> {
  const headers = { host: `127.0.0.1:${port}` };
  let status = 408;
  await until(async () => {
    const asked = ask(port, { path: "/api/projects", headers });
    ({ status } = await asked.catch(() => ({ status: 408 })));
    return status !== 408;
  }, () => "nobody is answered in time");
  assertEquals(status, 200);
}

const fill = (dbPath: string) => makeRun(dbPath, { metrics: { loss: [1] } });
const PATIENCE = { patience: 400 };

test("dashboard: a client that sends nothing is ended", () =>
  withDashboard(fill, async (served) => {
    const client = await open(served.dashboard.port);
    await assertServes(served);
    await client.ended;
    await assertServes(served);
  }, PATIENCE));

test("dashboard: a client that sends its request byte by byte is ended before it is answered", () =>
  withDashboard(fill, async (served) => {
    const client = await open(served.dashboard.port);
    const request = `GET /api/projects HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ${
      "y".repeat(100_000)
    }`;
    let at = 0;
    const timer = setInterval(() => {
      if (client.socket.writable) client.socket.write(request[at++] ?? "y");
    }, 20);
    try {
      await assertServes(served);
      await client.ended;
    } finally {
      clearInterval(timer);
    }
    assert(!client.received().includes("200 OK"), client.received());
    await assertServes(served);
  }, PATIENCE));

test("dashboard: a client that announces a body and does not send it is ended", () =>
  withDashboard(fill, async (served) => {
    const client = await open(served.dashboard.port);
    client.socket.write(
      "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000000000\r\n\r\nx",
    );
    await assertServes(served);
    await client.ended;
  }, PATIENCE));

test("dashboard: a client that reads nothing is ended, and the answer is not produced for it", async () => {
  let produced = 0;
  const left = Promise.withResolvers<void>();
  const endless = () =>
    new ReadableStream<Uint8Array>({
      pull(controller) {
        produced += 65_536;
        controller.enqueue(new Uint8Array(65_536));
      },
      cancel: () => left.resolve(),
    });
  const server = await listen(
    ({ url }) => new Response(url.endsWith("/endless") ? endless() : "short"),
    { host: "127.0.0.1", port: 0, ...PATIENCE },
  );
  try {
    const client = await open(server.port);
    client.socket.pause();
    client.socket.write("GET /endless HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    assertEquals((await ask(server.port, {})).text, "short");
    await left.promise;
    assertEquals((await ask(server.port, {})).text, "short");
    assert(produced < 2 ** 27, `${produced} bytes were produced`);
    client.socket.destroy();
  } finally {
    await server.close();
  }
});

test("dashboard: many clients that send nothing do not stop others", () =>
  withDashboard(fill, async (served) => {
    const clients = [];
    for (let i = 0; i < 100; i++) {
      clients.push(await open(served.dashboard.port));
    }
    await assertServes(served);
    await Promise.all(clients.map(({ ended }) => ended));
    await assertServes(served);
  }, PATIENCE));

test("dashboard: a client that reads slowly but steadily gets an answer that takes longer than its patience", async () => {
  // More than the buffers of the system take, in one part.
  const size = 2 ** 25;
  const patience = 3_000;
  const server = await listen(
    () => new Response(new Uint8Array(size)),
    { host: "127.0.0.1", port: 0, patience },
  );
  try {
    // A machine that is busy may stop this process for so long that the client is not steady: then again.
    let isSteady = false;
    for (let attempt = 0; attempt < 10 && !isSteady; attempt++) {
      const { received, time, longest } = await readSlowly(server.port);
      isSteady = longest < patience / 2;
      assert(received > size || !isSteady, `${received} bytes arrived`);
      assert(time > patience, "it was not slow");
    }
    assert(isSteady, "the machine is too busy");
  } finally {
    await server.close();
  }
});

/** Reads an answer in small parts; says how long that took, and how long it was at most between two parts. */
async function readSlowly(port: number): Promise<{
  readonly received: number;
  readonly time: number;
  readonly longest: number;
}> {
  const client = await open(port);
  let [received, longest] = [0, 0];
  const start = performance.now();
  let last = start;
  const note = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  };
  client.socket.on("data", (part) => {
    note();
    received += part.length;
    client.socket.pause();
    setTimeout(() => client.socket.resume(), 10);
  });
  client.socket.write(
    "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
  );
  await client.ended;
  note();
  return { received, time: last - start, longest };
}

test("dashboard: nothing is produced for a client that left before its answer began", async () => {
  const asked = Promise.withResolvers<AbortSignal>();
  const cancelled = Promise.withResolvers<void>();
  const server = await listen(async ({ signal }) => {
    asked.resolve(signal);
    await new Promise((done) => signal.addEventListener("abort", done));
    return new Response(new ReadableStream({ cancel: cancelled.resolve }));
  }, { host: "127.0.0.1", port: 0, patience: 60_000 });
  try {
    const client = await open(server.port);
    client.socket.write("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    await asked.promise;
    client.socket.destroy();
    await cancelled.promise;
  } finally {
    await server.close();
  }
});

test("dashboard: an event stream of a client that has left is not followed", async () => {
  const live = new LiveChanges(
    { state: () => Promise.reject(new Error("nobody listens")) } as never,
    1,
  );
  const gone = new AbortController();
  gone.abort();
  live.listen(() => {}, gone.signal);
  await new Promise((done) => setTimeout(done, 20));
  live.close();
});

test("dashboard: a refused request ends its connection: other sites must not keep those that there are", () =>
  withDashboard(fill, async (served) => {
    const client = await open(served.dashboard.port);
    client.socket.write(
      "GET /api/projects HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    );
    // Without waiting for the patience, which is longer than a test may take.
    await client.ended;
    assert(client.received().includes("403"), client.received());
    await assertServes(served);
  }, { patience: 10 ** 9 }));

/** What is no request of a browser. */
const ODD: readonly string[] = [
  "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
  "CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n",
  "OPTIONS * HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
  "TRACE / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
  "GET / HTTP/1.1\r\n\r\n",
  "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\n\r\n",
  "GET /api/events HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
  "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nOrigin: http://evil.example\r\n\r\n",
  "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -1\r\n\r\n",
  "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\nfffffffffffffffff\r\n",
  "GET /api/projects HTTP/1.1\r\nHost: 127.0.0.1\r\nExpect: 100-continue\r\n\r\n",
  "GET /api/projects HTTP/0.9\r\n\r\n",
  "GET  /api/projects\r\n\r\n",
  "\u0016\u0003\u0001\u0002\u0000\u0001",
  "\0\0\0\0",
];

test("dashboard: what is no request of a browser neither ends the server nor gets data of another site", () =>
  withDashboard(fill, async (served) => {
    for (const text of ODD) {
      const client = await open(served.dashboard.port);
      client.socket.write(text, "latin1");
      client.socket.end();
      await client.ended;
      assert(!/^event: |101 Switching/m.test(client.received()), text);
      await assertServes(served);
    }
  }, PATIENCE));
