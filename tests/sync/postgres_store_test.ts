/** What only Postgres has: logins, a server that dies, one that answers slowly, a network that breaks. */
import { after, before, test } from "node:test";
import { connect, createServer, type Server, type Socket } from "node:net";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { PostgresStore } from "../../sync/hub/postgres_store.ts";
import {
  HubError,
  hubStatus,
  initHub,
  pullRuns,
  pushRuns,
} from "../../sync/mod.ts";
import {
  type EngineServer,
  NO_POSTGRES,
  sql,
  startPostgres,
} from "../_shared/engine_server.ts";
import { assertSame, dump } from "./_dump.ts";
import { filesIn, inFolder, record } from "./_lib.ts";
import { until } from "./_processes.ts";
import { addSearch, journalsOf, withoutCommands } from "./_searches.ts";

const QUIET = { onNotice: () => {} };
const skip = NO_POSTGRES;
let server: EngineServer;

before(async () => {
  if (skip === false) server = await startPostgres();
});
after(async () => {
  if (skip === false) await server.stop();
});

test(
  "push and pull through Postgres give the same runs",
  { skip },
  async () => {
    await inFolder(async (folder) => {
      const [here, there] = filesIn(folder, "here", "there");
      const url = `${server.url}?schema=trip`;
      await initHub(url);
      for (let i = 0; i < 3; i++) await record(here!, { config: { i } });
      await pushRuns(here!, url, { ...QUIET, sources: true });
      await pullRuns(there!, url, QUIET);
      assertSame(await dump(there!), await dump(here!));
      assertEquals((await pushRuns(there!, url, QUIET)).bytes, 0);
    });
  },
);

test(
  "a pull that waits at Postgres is told of a search alone",
  { skip },
  async () => {
    await inFolder(async (folder) => {
      const [here, there] = filesIn(folder, "here", "there") as [
        string,
        string,
      ];
      const url = `${server.url}?schema=searches`;
      await initHub(url);
      const stop = new AbortController();
      const told = Promise.withResolvers<void>();
      const pulling = pullRuns(there, url, {
        ...QUIET,
        live: true,
        signal: stop.signal,
        onRound: () => told.resolve(),
      });
      try {
        await addSearch(here);
        await pushRuns(here, url, QUIET);
        await Promise.race([told.promise, pulling]);
      } finally {
        stop.abort();
      }
      assertEquals((await pulling).searches.added, ["iris"]);
      assertEquals((await hubStatus(url)).searches, 1);
      const [a, b] = [await journalsOf(here), await journalsOf(there)];
      assertEquals(
        b["iris"]!.map((text) => JSON.parse(text)),
        withoutCommands(a["iris"]!),
      );
    });
  },
);

test("no message shows the password, whatever is wrong", { skip }, async () => {
  const secret = "p&ss w0rd";
  sql(server, "CREATE USER poor PASSWORD 'p&ss w0rd'");
  const at = `127.0.0.1:${server.port}`;
  const login = `poor:${encodeURIComponent(secret)}`;
  const cases: [string, string][] = [
    [
      `postgres://ato:wrong%26${"p%26ss%20w0rd"}@${at}/team`,
      "refuses the login",
    ],
    [`postgres://${login}@${at}/nothing`, "no such database"],
    [`postgres://${login}@${at}/team`, "lacks a permission"],
    [`postgres://${login}@127.0.0.1:1/team`, "does not answer"],
    [`postgres://${login}@no-such-host.invalid/team`, "host"],
    [`postgres://${login}@${at}/team?schema=A;B`, "its schema"],
    [`postgres://${login}@${at}/`, "names no database"],
  ];
  for (const [url, says] of cases) {
    const error = await assertRejects(() => initHub(url), HubError, says);
    for (
      const text of [error.message, String(error.stack), String(error.cause)]
    ) {
      assert(!text.includes(secret), text);
      assert(!text.includes("p%26ss"), text);
    }
  }
});

test(
  "a server that is killed and comes back: what was sent is there, and the rest follows",
  { skip },
  async () => {
    await inFolder(async (folder) => {
      const own = await startPostgres();
      try {
        const [here, there] = filesIn(folder, "here", "there");
        await initHub(own.url);
        await record(here!, { config: { text: "x".repeat(5_000) } });
        await pushRuns(here!, own.url, QUIET);
        await record(here!, { config: { text: "y".repeat(5_000) } });
        await own.kill();
        const error = await assertRejects(
          () => pushRuns(here!, own.url, QUIET),
          HubError,
        );
        assertEquals(error.problem, "unreachable");
        await own.start();
        await pushRuns(here!, own.url, { ...QUIET, sources: true });
        await pullRuns(there!, own.url, QUIET);
        assertSame(await dump(there!), await dump(here!));
      } finally {
        await own.stop();
      }
    });
  },
);

/** A proxy before the server: it can delay what passes, and cut connections after some bytes. */
async function proxy(
  port: number,
  options: { readonly delay: number; readonly cutAfter?: () => number },
): Promise<{ port: number; cuts(): number; close(): void }> {
  const open = new Set<Socket>();
  let cuts = 0;
  const listening: Server = createServer((client) => {
    const upstream = connect(port, "127.0.0.1");
    let left = options.cutAfter?.() ?? Infinity;
    open.add(client).add(upstream);
    const end = (): void => {
      client.destroy();
      upstream.destroy();
    };
    client.on("data", (data) => {
      left -= data.length;
      if (left < 0) {
        cuts++;
        return end();
      }
      setTimeout(
        () => upstream.destroyed || upstream.write(data),
        options.delay,
      );
    });
    upstream.on("data", (data) => {
      setTimeout(() => client.destroyed || client.write(data), options.delay);
    });
    for (const socket of [client, upstream]) {
      socket.on("error", end);
      socket.on("close", end);
    }
  });
  await new Promise<void>((resolve) => {
    listening.listen(0, "127.0.0.1", () => resolve());
  });
  return {
    port: (listening.address() as { port: number }).port,
    cuts: () => cuts,
    close() {
      for (const socket of open) socket.destroy();
      listening.close();
    },
  };
}

test("a slow server is waited for", { skip }, async () => {
  await inFolder(async (folder) => {
    const [here, there] = filesIn(folder, "here", "there");
    const slow = await proxy(server.port, { delay: 20 });
    const url = `${
      server.url.replace(`:${server.port}/`, `:${slow.port}/`)
    }?schema=slow`;
    try {
      await initHub(url);
      await record(here!);
      assertEquals((await pushRuns(here!, url, QUIET)).added.length, 1);
      assertEquals((await pullRuns(there!, url, QUIET)).added.length, 1);
    } finally {
      slow.close();
    }
  });
});

test(
  "a network that breaks at any byte: statements are sent again, and nothing is there twice",
  { skip },
  async () => {
    await inFolder(async (folder) => {
      const [here, there] = filesIn(folder, "here", "there");
      await initHub(`${server.url}?schema=broken`);
      for (let i = 0; i < 4; i++) {
        await record(here!, { config: { i, text: `${i}`.repeat(3_000) } });
      }
      // Each connection lives a little longer than the one before.
      let bytes = 500;
      const broken = await proxy(server.port, {
        delay: 0,
        cutAfter: () => bytes += 2_500,
      });
      const url = `${
        server.url.replace(`:${server.port}/`, `:${broken.port}/`)
      }?schema=broken`;
      try {
        for (let tries = 0;; tries++) {
          try {
            await pushRuns(here!, url, { ...QUIET, sources: true });
            break;
          } catch (error) {
            assert(error instanceof HubError && tries < 50, String(error));
            assertEquals(error.problem, "unreachable");
          }
        }
        assert(broken.cuts() > 1, `${broken.cuts()} cuts`);
      } finally {
        broken.close();
      }
      const status = await hubStatus(`${server.url}?schema=broken`);
      assertEquals([status.runs, status.rows], [4, 12]);
      await pullRuns(there!, `${server.url}?schema=broken`, QUIET);
      assertSame(await dump(there!), await dump(here!));
    });
  },
);

test(
  "who waits is told within the time that a notification takes, over connections that break, too",
  { skip },
  async () => {
    const url = `${server.url}?schema=waits`;
    const [a, b] = [new PostgresStore(url), new PostgresStore(url)];
    try {
      await a.prepare();
      await a.swap("head", "1", 0);
      const options = { generation: 1, timeout: 120_000 };
      // What a client does last before it waits.
      const waits =
        "FROM pg_stat_activity WHERE state = 'idle' AND query LIKE 'SELECT value, generation FROM waits.refs%'";
      const itWaits = () =>
        until(
          "it waits",
          () => sql(server, `SELECT count(*) ${waits}`) === "1",
        );
      const cut = b.wait("head", options);
      await itWaits();
      sql(server, `SELECT pg_terminate_backend(pid) ${waits}`);
      // It looks again, over a new connection.
      await cut;
      const waiting = b.wait("head", options);
      await itWaits();
      await a.swap("head", "2", 1);
      await waiting;
      await b.wait("head", options);
    } finally {
      await a.close();
      await b.close();
    }
  },
);
