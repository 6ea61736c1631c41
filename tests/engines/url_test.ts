/** What a URL may be, and that no message ever shows a password. */
import { test } from "node:test";
import { inspect } from "node:util";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  connectEngine,
  EngineError,
  type EngineProblem,
} from "../../hyperopt/engines/mod.ts";
import { EngineAddress } from "../../hyperopt/engines/_address.ts";

/** What is shown of an address, and how it connects. */
function read(url: string): unknown {
  const { engine, host, port, user, database, tls, shown } = new EngineAddress(
    url,
  );
  return { engine, host, port, user, database, tls: tls !== undefined, shown };
}

test("URL: host, port, user and database are read, and what is missing has the usual value", () => {
  assertEquals(read("redis://10.0.0.5"), {
    engine: "redis",
    host: "10.0.0.5",
    port: 6379,
    user: undefined,
    database: undefined,
    tls: false,
    shown: "redis://10.0.0.5:6379",
  });
  assertEquals(read("REDISS://us%40er:pw@db.example:1/3"), {
    engine: "redis",
    host: "db.example",
    port: 1,
    user: "us@er",
    database: "3",
    tls: true,
    shown: "rediss://us@er@db.example:1/3",
  });
  assertEquals(
    read("postgresql://ann:pw@[::1]/my%20team?sslmode=verify-full"),
    {
      engine: "postgres",
      host: "::1",
      port: 5432,
      user: "ann",
      database: "my team",
      tls: true,
      shown: "postgresql://ann@[::1]:5432/my team",
    },
  );
  assertEquals(read("postgres:///team?host=/var/run/postgresql"), {
    engine: "postgres",
    host: "/var/run/postgresql",
    port: 5432,
    user: undefined,
    database: "team",
    tls: false,
    shown: "postgres:///var/run/postgresql/team",
  });
});

test("URL: the certificate is checked unless the URL says otherwise", () => {
  const modes: [string, boolean | undefined, boolean][] = [
    ["rediss://h", true, false],
    ["rediss://h?sslmode=require", false, false],
    ["postgres://h", undefined, false],
    ["postgres://h?sslmode=disable", undefined, false],
    ["postgres://h?sslmode=require", false, false],
    ["postgres://h?sslmode=verify-ca", true, true],
    ["postgres://h?sslmode=verify-full", true, false],
  ];
  for (const [url, checked, anyName] of modes) {
    const { tls } = new EngineAddress(url);
    assertEquals(
      [tls?.rejectUnauthorized, tls?.checkServerIdentity !== undefined],
      [checked, anyName],
      url,
    );
  }
});

test("URL: what cannot be used is refused with a sentence that says how to write it", async () => {
  const cases: [unknown, EngineProblem, RegExp][] = [
    ["reddis://h", "url", /no engine for reddis:\/\/; did you mean redis:\/\//],
    ["postgre://h", "url", /did you mean postgres:\/\//],
    ["mysql://h", "url", /no engine for mysql:\/\/; give redis:/],
    ["localhost:6379", "url", /not a URL; give redis:/],
    ["", "url", /not a URL/],
    [undefined, "url", /its URL is undefined/],
    [{ href: "redis://h" }, "url", /its URL is an object/],
    ["redis://h/one", "url", /a number/],
    ["redis://h:99999999", "url", /cannot be read/],
    ["redis://%zz@h", "url", /cannot be read/],
    ["redis://h?sslmod=x", "url", /did you mean sslmode/],
    ["redis://h?timeout=x", "url", /the parameters are host, sslmode/],
    ["redis://h?sslmode=require", "url", /give rediss:/],
    ["rediss://h?sslmode=disable", "url", /give redis:/],
    ["postgres://h?sslmode=on", "url", /sslmode of its URL is one of disable/],
    ["postgres://h?sslmode=require&sslrootcert=/no", "tls", /sslrootcert/],
  ];
  for (const [url, problem, message] of cases) {
    const error = await assertRejects(
      () => connectEngine(url as string, { searchId: "x" }),
      EngineError,
    );
    assertEquals([error.problem, message.test(error.message)], [
      problem,
      true,
    ], error.message);
  }
});

test("URL: a password that was not written as percent codes is never shown, also not a part of it", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.stringMatching(/^[!-~]{4,12}$/),
      fc.constantFrom("redis", "postgres", "reddis", "rediss"),
      fc.constantFrom("h:1/0", "h/x", "h:1/0?sslmode=no", "[/0", ""),
      async (password, scheme, rest) => {
        const secret = `S3cr3t${password}t3rc3S`;
        const url = `${scheme}://ann:${secret}@${rest}`;
        try {
          const address = new EngineAddress(url);
          assert(!shownOf(address).includes("S3cr3t"), shownOf(address));
        } catch (error) {
          assert(error instanceof EngineError);
          assert(!/S3cr3t|t3rc3S/.test(shownOf(error)), shownOf(error));
        }
        await Promise.resolve();
      },
    ),
    { numRuns: 300, seed: 5 },
  );
});

/** All that printing, logging and debugging may show. */
function shownOf(value: unknown): string {
  return [
    inspect(value, { depth: 10, showHidden: true, getters: true }),
    String(value),
    JSON.stringify(value),
    value instanceof Error ? `${value.message} ${value.stack}` : "",
  ].join("\n");
}

test("options: what is out of range or unknown is refused by name", async () => {
  const cases: [object | undefined, RegExp][] = [
    [undefined, /the options are undefined|options/],
    [{}, /searchId is undefined/],
    [{ searchId: "" }, /searchId is ""/],
    [{ searchId: 5 }, /searchId is 5/],
    [{ searchId: "x", leese: 5 }, /did you mean lease/],
    [{ searchId: "x", lease: 0 }, /lease is 0; give whole milliseconds/],
    [{ searchId: "x", lease: NaN }, /lease is NaN/],
    [{ searchId: "x", lease: 1e12 }, /lease is 1000000000000/],
    [{ searchId: "x", retry: -1 }, /retry is -1/],
    [{ searchId: "x", patience: "5s" }, /patience is "5s"/],
    [{ searchId: "x", warn: true }, /warn is true/],
  ];
  for (const [options, message] of cases) {
    const error = await assertRejects(
      () => connectEngine("redis://h", options as never),
      EngineError,
    );
    assertEquals([error.problem, message.test(error.message)], [
      "usage",
      true,
    ], error.message);
  }
});

test("URL: a NATS address has a user and a password, or a token, which is never shown", () => {
  const parts = (url: string) => {
    const address = new EngineAddress(url);
    const { host, port, user, database, shown } = address;
    return [host, port, user, address.password(), database, shown];
  };
  assertEquals(
    parts("nats://ann:pw@h:1/hub"),
    ["h", 1, "ann", "pw", "hub", "nats://ann@h:1/hub"],
  );
  assertEquals(
    parts("nats://to%40ken@h"),
    ["h", 4222, undefined, "to@ken", undefined, "nats://h:4222"],
  );
  assertEquals(
    parts("nats://h"),
    ["h", 4222, undefined, undefined, undefined, "nats://h:4222"],
  );
  const address = new EngineAddress("nats://to%40ken@h");
  assertEquals(address.hide("no to@ken, no to%40ken"), "no ***, no ***");
  // The user of another engine is no secret, and is shown.
  assertEquals(parts("redis://ann@h")[5], "redis://ann@h:6379");
  for (const url of ["nats://h/a.b", "nats:///x?host=/var/run/nats"]) {
    const error = assertThrows(() => new EngineAddress(url), EngineError);
    assertEquals(error.problem, "url");
  }
});
