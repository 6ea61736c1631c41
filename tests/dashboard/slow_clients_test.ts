/** Clients that send or read slowly, or not at all: they must not stop others, and are ended. */
import { test } from "node:test";
import { connect, type Socket } from "node:net";
import { assert, assertEquals } from "@std/assert";
import { listen } from "../../dashboard/server/serve.ts";
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

/** Others are answered. */
async function assertServes({ dashboard: { port } }: Served): Promise<void> {
  const { status } = await ask(port, {
    path: "/api/projects",
    headers: { host: `127.0.0.1:${port}` },
  });
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
