/** Servers that cannot be used: each gives one sentence that says why, and never the password. */
import { spawnSync } from "node:child_process";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { inspect } from "node:util";
import { assert, assertEquals, assertExists, assertRejects } from "@std/assert";
import {
  connectEngine,
  EngineError,
  type EngineProblem,
} from "../../hyperopt/engines/mod.ts";
import {
  type EngineServer,
  PASSWORD,
  redisCli,
  sql,
  startNats,
  startPostgres,
  startRedis,
} from "../_shared/engine_server.ts";
import { freePort } from "../_shared/free_port.ts";
import { makeTempFolder, withTempFolder } from "../_shared/temp_folder.ts";
import { connect } from "./_connect.ts";
import { NATS, PATIENT_ENGINES, POSTGRES, REDIS } from "./_engines.ts";

const soon = { wait: 60_000 };
const WRONG = `wr@ng:p/w?#%"'\\ {ß}`;

/** Connects in vain; returns the error. */
async function refused(
  url: string,
  problem: EngineProblem,
  message: RegExp,
  options: { readonly patience?: number } = {},
): Promise<void> {
  const error = await assertRejects(
    () => connect(url, { searchId: "x", retry: 100, ...options }),
    EngineError,
  );
  assertEquals([error.problem, message.test(error.message)], [
    problem,
    true,
  ], error.message);
  const shown = inspect(error, { depth: 10, showHidden: true }) + error.stack;
  for (const secret of [WRONG, PASSWORD, "secret"]) {
    for (const form of [secret, encodeURIComponent(secret)]) {
      assert(!shown.includes(form), shown);
    }
  }
}

/** The address of a server with other parts. */
function at(
  server: EngineServer,
  parts: { user?: string; password?: string; path?: string },
): string {
  const url = new URL(server.url);
  if (parts.user !== undefined) url.username = parts.user;
  if (parts.password !== undefined) {
    url.password = encodeURIComponent(parts.password);
  }
  if (parts.path !== undefined) url.pathname = parts.path;
  return url.href;
}

for (const { name, scheme, skip, server } of PATIENT_ENGINES) {
  const options = { skip };
  test(`${name}: refused logins and databases are named`, options, async () => {
    const running = await server();
    await refused(at(running, { password: WRONG }), "login", /the password/);
    await refused(at(running, { password: "" }), "login", /password/);
    await refused(
      at(running, { user: "nobody", password: WRONG }),
      "login",
      /refuses the user/,
    );
    await refused(
      at(running, { path: name === "Redis" ? "/999" : "/nowhere" }),
      "database",
      /database|JetStream domain/,
    );
  });

  test(
    `${name}: where nothing answers, it says so at once`,
    options,
    async () => {
      const login = `ann:${encodeURIComponent(WRONG)}`;
      const port = await freePort();
      await refused(
        `${scheme}://${login}@127.0.0.1:${port}/0`,
        "host",
        /nothing listens there; start it, or correct host and port/,
      );
      await refused(
        `${scheme}://${login}@no-such-host.invalid/0`,
        "host",
        /no host of this name|cannot be looked up/,
      );
    },
  );

  test(
    `${name}: a server that never answers, or is another one, is no engine`,
    options,
    async () => {
      const kinds: [(socket: Socket) => void, EngineProblem[]][] = [
        [() => {}, ["host"]],
        [(socket) => socket.destroy(), ["host"]],
        [
          (socket) =>
            socket.on(
              "data",
              () => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"),
            ),
          ["version", "host", "other"],
        ],
      ];
      for (const [serve, problems] of kinds) {
        await withServer(serve, async (port) => {
          const error = await assertRejects(
            () =>
              connect(`${scheme}://ann:secret@127.0.0.1:${port}/0`, {
                patience: 500,
              }),
            EngineError,
          );
          assert(problems.includes(error.problem), error.message);
          assert(!error.message.includes("secret"));
        });
      }
    },
  );
}

/** Calls a function with the port of a server that does something with each connection. */
async function withServer(
  serve: (socket: Socket) => void,
  work: (port: number) => Promise<void>,
): Promise<void> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    serve(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await work((server.address() as { port: number }).port);
  } finally {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
}

test("Redis: one that is too old is refused", async () => {
  const info = "# Server\r\nredis_version:5.0.14\r\n";
  await withServer((socket) => {
    socket.on("data", (data) => {
      for (const command of String(data).split(/(?=\*\d+\r\n)/)) {
        const isInfo = /\r\ninfo\r\n/i.test(command);
        socket.write(isInfo ? `$${info.length}\r\n${info}\r\n` : "+OK\r\n");
      }
    });
  }, async (port) => {
    await refused(
      `redis://127.0.0.1:${port}`,
      "version",
      /it is Redis 5.0.14; a search needs 6.2 or newer/,
    );
  });
});

test(
  "Redis: a user who may not use what a search needs is told what to allow",
  {
    skip: REDIS.skip,
  },
  async () => {
    const server = await startRedis();
    try {
      const users: [string, string][] = [
        ["reader", "~ato:* &* +@read +info +hello +client +select"],
        ["other", "~other:* &* +@all"],
        ["blind", "-@all"],
      ];
      for (const [user, rules] of users) {
        redisCli(
          server,
          ...["ACL", "SETUSER", user, "on", ">secret"],
          ...rules.split(" "),
        );
        await refused(
          at(server, { user, password: "secret" }),
          "permission",
          /allow it ~ato:\* &ato:\*/,
        );
      }
      // What the message says is enough.
      redisCli(
        server,
        ...["ACL", "SETUSER", "worker", "on", ">secret"],
        ..."~ato:* &ato:* +@all -@dangerous +info".split(" "),
      );
      const backend = await connect(
        at(server, { user: "worker", password: "secret" }),
        { searchId: "x" },
      );
      await backend.publish({ id: "1", data: "" });
      await backend.journal.append("a", "1");
      assertEquals((await backend.take(soon))?.id, "1");
      assertEquals((await backend.journal.read(0, { wait: 0 })).length, 1);
      await backend.drop();
      await backend.close();
    } finally {
      await server.stop();
    }
  },
);

test(
  "Postgres: a user who may not create the tables is told, and can use them once another one made them",
  {
    skip: POSTGRES.skip,
  },
  async () => {
    const server = await startPostgres();
    try {
      sql(server, "CREATE USER worker PASSWORD 'secret'");
      const url = at(server, { user: "worker", password: "secret" });
      await refused(url, "permission", /grant CREATE on the database/);
      await (await connect(server.url, { searchId: "x" })).close();
      await refused(url, "permission", /grant USAGE on both schemas/);
      for (const schema of ["ato", "bullmq"]) {
        for (const kind of ["TABLES", "SEQUENCES", "FUNCTIONS"]) {
          sql(server, `GRANT ALL ON ALL ${kind} IN SCHEMA ${schema} TO worker`);
        }
        sql(server, `GRANT USAGE ON SCHEMA ${schema} TO worker`);
      }
      const backend = await connect(url, { searchId: "x" });
      await backend.publish({ id: "1", data: "" });
      await backend.journal.append("a", "1");
      assertEquals((await backend.take(soon))?.id, "1");
      await backend.drop();
      await backend.close();
    } finally {
      await server.stop();
    }
  },
);

test("Postgres: a database without all characters is refused", {
  skip: POSTGRES.skip,
}, async () => {
  const server = await POSTGRES.server();
  sql(
    server,
    "CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0",
  );
  await refused(
    at(server, { path: "/latin" }),
    "database",
    /encoding is LATIN1.*create a database with ENCODING 'UTF8'/,
  );
});

test("data of a newer version is refused", {
  skip: REDIS.skip || POSTGRES.skip,
}, async () => {
  const redis = await startRedis();
  try {
    await (await connect(redis.url, { searchId: "x" })).close();
    const [key] = redisCli(redis, "KEYS", "ato:*:meta").split("\n")
      .filter((key) => !key.includes(":jobs:"));
    redisCli(redis, "HSET", key!, "format", "2");
    await refused(
      redis.url,
      "version",
      /"x" has data of format 2.*use the newer version of Ato/,
    );
    redisCli(redis, "HSET", key!, "format", "abc");
    await refused(redis.url, "version", /data that Ato did not write/);
  } finally {
    await redis.stop();
  }
  const postgres = await POSTGRES.server();
  sql(postgres, "CREATE DATABASE newer");
  const url = at(postgres, { path: "/newer" });
  await (await connect(url, { searchId: "x" })).close();
  sql(postgres, "UPDATE ato.format SET version = 2", "newer");
  await refused(url, "version", /schema ato has data of format 2/);
});

/** Makes a certificate for `localhost`; returns the folder of `cert.pem` and `key.pem`. */
function makeCertificate(folder: string): boolean {
  const { status } = spawnSync("openssl", [
    ..."req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
      .split(" "),
    ..."-days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost"
      .split(" "),
    ...["-keyout", join(folder, "key.pem"), "-out", join(folder, "cert.pem")],
  ]);
  return status === 0;
}

test(
  "Redis: an encrypted connection is made, and what keeps it from being made is named",
  {
    skip: REDIS.skip,
  },
  async (t) => {
    const folder = makeTempFolder("tls");
    if (!makeCertificate(folder)) return t.skip("no openssl is installed");
    const tlsPort = await freePort();
    const server = await startRedis({
      settings: [
        `tls-port ${tlsPort}`,
        `tls-cert-file ${folder}/cert.pem`,
        `tls-key-file ${folder}/key.pem`,
        "tls-auth-clients no",
      ],
    });
    try {
      const trusted =
        `rediss://localhost:${tlsPort}?sslrootcert=${folder}/cert.pem`;
      const backend = await connect(trusted, { searchId: "x" });
      assertEquals(await backend.journal.append("a", "1"), true);
      await backend.close();
      await refused(`rediss://localhost:${tlsPort}`, "tls", /sslrootcert=FILE/);
      // Each side may wait for the other one.
      const brief = { patience: 1_000 };
      await refused(
        `redis://localhost:${tlsPort}`,
        "host",
        /with TLS: rediss:/,
        brief,
      );
      await refused(
        `rediss://localhost:${server.port}`,
        "host",
        /without TLS: redis:/,
        brief,
      );
      await (await connect(`rediss://localhost:${tlsPort}?sslmode=require`))
        .close();
    } finally {
      await server.stop();
    }
  },
);

test(
  "Postgres: an encrypted connection is made, and what keeps it from being made is named",
  {
    skip: POSTGRES.skip,
  },
  async (t) => {
    await withTempFolder(async (folder) => {
      if (!makeCertificate(folder)) return t.skip("no openssl is installed");
      const server = await startPostgres();
      try {
        const url = new URL(server.url);
        url.hostname = "localhost";
        await refused(`${url}?sslmode=require`, "tls", /offers no encryption/);
        const data = join(server.folder, "data");
        sql(
          server,
          `CREATE TABLE hba (line text);
         INSERT INTO hba VALUES ('hostnossl postgres all 127.0.0.1/32 scram-sha-256'), ('hostssl all all all scram-sha-256');
         COPY hba TO '${data}/pg_hba.conf'`,
        );
        for (const file of ["cert", "key"]) {
          const text = String(
            spawnSync("cat", [join(folder, `${file}.pem`)]).stdout,
          ).trim();
          sql(
            server,
            `COPY (SELECT unnest(string_to_array('${text}', E'\\n'))) TO '${data}/${file}.pem'`,
          );
        }
        spawnSync("chmod", ["600", join(data, "key.pem")]);
        sql(server, `ALTER SYSTEM SET ssl_cert_file = 'cert.pem'`);
        sql(server, `ALTER SYSTEM SET ssl_key_file = 'key.pem'`);
        sql(server, `ALTER SYSTEM SET ssl = on`);
        await server.kill();
        await server.start();
        await refused(url.href, "tls", /add sslmode=verify-full/);
        await refused(`${url}?sslmode=verify-full`, "tls", /sslrootcert=FILE/);
        const backend = await connect(
          `${url}?sslmode=verify-full&sslrootcert=${folder}/cert.pem`,
        );
        assertEquals(await backend.journal.append("a", "1"), true);
        await backend.close();
        await (await connect(`${url}?sslmode=require`)).close();
      } finally {
        await server.stop();
      }
    });
  },
);

test(
  "Redis: the keys of a search are on one node of a cluster, and another node is named",
  {
    skip: REDIS.skip,
  },
  async () => {
    const nodes: EngineServer[] = [];
    // By default the port of the cluster's own messages is 10,000 more than the other one, and may be taken.
    const start = async (bus: number) => {
      const settings = ["cluster-enabled yes", `cluster-port ${bus}`];
      const node = await startRedis({ settings });
      nodes.push(node);
      return node;
    };
    try {
      const bus = await freePort();
      const one = await start(await freePort());
      const other = await start(bus);
      redisCli(one, "CLUSTER", "ADDSLOTSRANGE", "0", "8191");
      redisCli(other, "CLUSTER", "ADDSLOTSRANGE", "8192", "16383");
      redisCli(
        one,
        ...["CLUSTER", "MEET", "127.0.0.1", String(other.port), String(bus)],
      );
      for (const server of [one, other]) {
        while (
          !redisCli(server, "CLUSTER", "INFO").includes("cluster_state:ok")
        ) {
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      }
      const servers: Record<"one" | "other", number> = { one: 0, other: 0 };
      for (let i = 0; i < 12; i++) {
        const searchId = `search ${i}`;
        const backend = await connect(one.url, { searchId }).catch((error) => {
          assert(error instanceof EngineError);
          const [, port] = /connect to 127.0.0.1:(\d+)/.exec(error.message) ??
            [];
          assertEquals(port, String(other.port), error.message);
          servers.other++;
          return connect(other.url, { searchId });
        });
        await backend.publish({ id: "1", data: "x" });
        await backend.journal.append("a", "1");
        assertExists(await backend.lock("owner"));
        assertEquals((await backend.take(soon))?.data, "x");
        await backend.drop();
        await backend.close();
        servers.one++;
      }
      assert(servers.other > 0 && servers.other < servers.one);
    } finally {
      for (const node of nodes) await node.stop();
    }
  },
);

test("Redis: full memory is an error that says so, and loses nothing", {
  skip: REDIS.skip,
}, async () => {
  const server = await startRedis();
  try {
    const backend = await connect(server.url);
    await backend.journal.append("first", "1");
    redisCli(server, "CONFIG", "SET", "maxmemory", "1mb");
    const calls = [
      () => backend.journal.append("second", "1"),
      () => backend.publish({ id: "1", data: "" }),
    ];
    for (const call of calls) {
      const error = await assertRejects(call, EngineError);
      assertEquals(error.problem, "full", error.message);
    }
    assertEquals((await backend.journal.read(0, { wait: 0 })).length, 1);
    redisCli(server, "CONFIG", "SET", "maxmemory", "0");
    assertEquals(await backend.journal.append("second", "1"), true);
    await backend.close();
  } finally {
    await server.stop();
  }
});

test("Redis: settings that lose data are warned of once, and only then", {
  skip: REDIS.skip,
}, async () => {
  const warnings: string[] = [];
  const options = {
    searchId: "x",
    warn: (text: string) => void warnings.push(text),
  };
  const good = await startRedis({ settings: ["appendonly yes"] });
  try {
    await (await connectEngine(good.url, options)).close();
    assertEquals(warnings, []);
  } finally {
    await good.stop();
  }
  const bad = await startRedis({
    settings: [
      "appendonly no",
      'save ""',
      "maxmemory 100mb",
      "maxmemory-policy allkeys-lru",
    ],
  });
  try {
    await (await connectEngine(bad.url, options)).close();
    await (await connectEngine(bad.url, options)).close();
    assertEquals(warnings.length, 2);
    assert(/maxmemory-policy is allkeys-lru/.test(warnings[0]!));
    assert(/appendonly is off and save is empty/.test(warnings[1]!));
  } finally {
    await bad.stop();
  }
});

/** The reason to skip stories of NATS that are told under one runtime. */
const noNats = NATS.skip ||
  (PATIENT_ENGINES.includes(NATS) ? false : "it is told under Deno");

test("NATS: a token is a login, and no message shows it", {
  skip: noNats,
}, async () => {
  const server = await startNats({ authorization: { token: PASSWORD } });
  try {
    const url = new URL(server.url);
    url.password = "";
    url.username = encodeURIComponent(PASSWORD);
    const backend = await connect(url.href);
    assertEquals(await backend.journal.append("a", "1"), true);
    assert(!inspect(backend, { depth: 10, showHidden: true }).includes("p@s"));
    await backend.close();
    url.username = encodeURIComponent(WRONG);
    await refused(url.href, "login", /the password or the token/);
  } finally {
    await server.stop();
  }
});

test("NATS: a server that keeps nothing is refused with how to start it", {
  skip: noNats,
}, async () => {
  const server = await startNats({ jetstream: false });
  try {
    await refused(
      server.url,
      "database",
      /JetStream is off.*start it with -js/,
    );
  } finally {
    await server.stop();
  }
});

test("NATS: one that is too old is refused", { skip: noNats }, async () => {
  const info = { server_id: "x", version: "2.8.4", proto: 1, headers: true };
  const old = { ...info, max_payload: 1_048_576, jetstream: true };
  await withServer((socket) => {
    socket.write(`INFO ${JSON.stringify(old)}\r\n`);
    socket.on("data", () => socket.write("PONG\r\n"));
  }, async (port) => {
    await refused(
      `nats://127.0.0.1:${port}`,
      "version",
      /it is NATS 2.8.4; a search needs 2.9 or newer/,
    );
  });
});

test("NATS: a user who may not use what a search needs is told what to allow", {
  skip: noNats,
}, async () => {
  const all = { publish: [">"], subscribe: [">"] };
  const enough = {
    publish: ["ato.>", "$JS.API.>", "$JS.ACK.>"],
    subscribe: ["ato.>", "_INBOX.>"],
  };
  const users = [
    { user: "worker", password: "secret", permissions: enough },
    ...["$JS.API.>", "ato.>"].map((subject, i) => ({
      user: `blind${i}`,
      password: "secret",
      permissions: { ...all, publish: { allow: [">"], deny: [subject] } },
    })),
  ];
  const server = await startNats({ authorization: { users } });
  try {
    const login = (user: string) => at(server, { user, password: "secret" });
    for (const user of ["blind0", "blind1"]) {
      await refused(login(user), "permission", /publish to ato\.>/);
    }
    // What the message says is enough.
    const backend = await connect(login("worker"));
    await backend.publish({ id: "1", data: "" });
    await backend.journal.append("a", "1");
    assertExists(await backend.lock("owner"));
    const job = await backend.take(soon);
    assertEquals(await job!.extend(), true);
    await job!.ack();
    assertEquals((await backend.journal.read(0, { wait: 0 })).length, 1);
    await backend.drop();
    await backend.close();
  } finally {
    await server.stop();
  }
});

test("NATS: a full account is an error that says so, and loses nothing", {
  skip: noNats,
}, async () => {
  const users = [{ user: "ato", password: PASSWORD }];
  const server = await startNats({
    authorization: undefined,
    accounts: { team: { jetstream: { max_file: 300_000 }, users } },
  });
  try {
    const backend = await connect(server.url);
    await backend.journal.append("first", "1");
    const large = "x".repeat(200_000);
    await backend.journal.append("second", large);
    const call = () => backend.journal.append("third", large);
    const error = await assertRejects(call, EngineError);
    assertEquals(error.problem, "full", error.message);
    assertEquals((await backend.journal.read(0, { wait: 0 })).length, 2);
    await backend.close();
  } finally {
    await server.stop();
  }
});

test(
  "NATS: data of a newer version, or of others, are refused; and a dropped search leaves nothing",
  {
    skip: noNats,
  },
  async () => {
    const { url, port } = await NATS.server();
    const searchId = "newer";
    const backend = await connect(url, { searchId });
    await backend.publish({ id: "1", data: "x" });
    await backend.journal.append("a", "1");
    await backend.journalNamed("told").append("a", "1");
    await backend.lock("owner");
    const { connect: open } = await import("@nats-io/transport-node");
    const nats = await open({ port, user: "ato", pass: PASSWORD });
    interface Streams {
      readonly streams: readonly string[] | null;
      readonly config: object;
    }
    const call = async (name: string, body: object = {}) =>
      (await nats.request(`$JS.API.STREAM.${name}`, JSON.stringify(body)))
        .json<Streams>();
    const own = async () =>
      ((await call("NAMES")).streams ?? [])
        .filter((name) => name.startsWith("ato-newer-"));
    try {
      assertEquals((await own()).length, 3);
      const [stream = ""] = (await own()).toSorted();
      const { config } = await call(`INFO.${stream}`);
      const describe = (description: string) =>
        call(`UPDATE.${stream}`, { ...config, description });
      await describe("Ato, format 2");
      const again = () => connect(url, { searchId });
      const newer = await assertRejects(again, EngineError, "format 2");
      assertEquals(newer.problem, "version");
      await describe("orders");
      await assertRejects(again, EngineError, "data that Ato did not write");
      await backend.drop();
      assertEquals(await own(), []);
    } finally {
      await backend.close();
      await nats.close();
    }
  },
);

test(
  "NATS: an encrypted connection is made, and what keeps it from being made is named",
  {
    skip: noNats,
  },
  async (t) => {
    const folder = makeTempFolder("tls");
    if (!makeCertificate(folder)) return t.skip("no openssl is installed");
    const server = await startNats({
      authorization: {},
      tls: { cert_file: `${folder}/cert.pem`, key_file: `${folder}/key.pem` },
    });
    try {
      const url = `nats://localhost:${server.port}`;
      const backend = await connect(
        `${url}?sslmode=verify-full&sslrootcert=${folder}/cert.pem`,
      );
      assertEquals(await backend.journal.append("a", "1"), true);
      await backend.close();
      await (await connect(`${url}?sslmode=require`)).close();
      await refused(`${url}?sslmode=verify-full`, "tls", /sslrootcert=FILE/);
      const { port } = await NATS.server();
      await refused(
        `nats://localhost:${port}?sslmode=require`,
        "tls",
        /offers no encryption/,
      );
    } finally {
      await server.stop();
    }
  },
);
