/** Any text as the id of a search, as a key and as a value; and what is too large or no name. */
import { test } from "node:test";
import {
  assert,
  assertEquals,
  assertExists,
  assertRejects,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import { EngineError, type SearchBackend } from "../../hyperopt/engines/mod.ts";
import { fromStored, toStored } from "../../hyperopt/engines/_text.ts";
import { searchTag } from "../../hyperopt/engines/_search_tag.ts";
import { redisCli, sql, startRedis } from "../_shared/engine_server.ts";
import { ENGINES, POSTGRES, REDIS, withConnections } from "./_engines.ts";

const now = { wait: 0 };
const soon = { wait: 60_000 };

/** Texts that mean something to a part of an engine. */
const HOSTILE = [
  "a:b",
  "{tag}",
  "{}",
  "}{",
  "*",
  "?[a-z]*",
  "'; DROP SCHEMA ato CASCADE; --",
  '"',
  "\\",
  "$1",
  "%s",
  " ",
  " a",
  "a ",
  "a\nb\r\n",
  "\0",
  "a\0b",
  "\ud800",
  "\u0001",
  '\u0001"a"',
  "é",
  "e\u0301",
  "\u{1f600}",
  "..",
  "/",
  "0",
  "-1",
  "null",
  "__proto__",
  "constructor",
  "x".repeat(10_000),
];

test("stored texts: any text comes back, and is one that every engine can store", () => {
  const any = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(fc.integer({ min: 0, max: 0xffff }))
      .map((units) => String.fromCharCode(...units)),
    fc.constantFrom(...HOSTILE),
  );
  fc.assert(
    fc.property(any, any, (a, b) => {
      const stored = toStored(a);
      assertEquals(fromStored(stored), a);
      assert(stored.isWellFormed() && !stored.includes("\0"));
      assertEquals(stored === toStored(b), a === b);
    }),
    { numRuns: 200, seed: 7 },
  );
});

test("tags of searches: they are plain, short, and differ where the ids do", () => {
  const tags = HOSTILE.map(searchTag);
  assertEquals(new Set(tags).size, HOSTILE.length);
  for (const tag of tags) assert(/^[\w-]{1,57}$/.test(tag), tag);
});

for (const { name, skip, server } of ENGINES) {
  const options = { skip };
  test(
    `${name}: searches of hostile ids are apart, and one that is dropped takes nothing along`,
    options,
    async () => {
      const { url } = await server();
      const each = async (
        work: (backend: SearchBackend, i: number) => Promise<void>,
      ) => {
        for (const [i, searchId] of HOSTILE.entries()) {
          await withConnections(url, 1, { searchId }, async (backend) => {
            assertEquals(backend!.searchId, searchId);
            await work(backend!, i);
          });
        }
      };
      await each(async (backend, i) => {
        assertEquals(await backend.journal.append("key", String(i)), true);
        await backend.publish({ id: "1", data: String(i) });
      });
      await each(async (backend, i) => {
        const entries = await backend.journal.read(0, now);
        assertEquals(entries.map(({ value }) => value), [String(i)]);
        if (i % 2 === 0) await backend.drop();
      });
      await each(async (backend, i) => {
        const job = await backend.take(now);
        const { length } = await backend.journal.read(0, now);
        assertEquals(
          [job?.data, length],
          i % 2 === 0 ? [undefined, 0] : [String(i), 1],
          JSON.stringify(HOSTILE[i]),
        );
        await backend.drop();
      });
    },
  );

  test(
    `${name}: keys, values and data are any text, and keys differ as texts do`,
    options,
    async () => {
      const { url } = await server();
      await withConnections(url, 1, {}, async (backend) => {
        for (const text of HOSTILE) {
          assertEquals(await backend!.journal.append(text, text), true, text);
          assertEquals(await backend!.journal.append(text, "again"), false);
        }
        const entries = await backend!.journal.read(0, now);
        assertEquals(entries.map(({ key }) => key), HOSTILE);
        assertEquals(entries.map(({ value }) => value), HOSTILE);
        for (const [i, data] of HOSTILE.entries()) {
          await backend!.publish({ id: `a.b-${i}_`, data });
          const job = await backend!.take(soon);
          assertEquals([job?.id, job?.data], [`a.b-${i}_`, data]);
          await job!.ack();
        }
      });
    },
  );

  test(
    `${name}: what is too large or no name is refused with a sentence`,
    options,
    async () => {
      const { url } = await server();
      await withConnections(url, 1, {}, async (backend) => {
        const journal = backend!.journal;
        const [most, more] = ["x".repeat(1024 * 1024), "é".repeat(600_000)];
        assertEquals(await journal.append("most", most), true);
        await backend!.publish({ id: "most", data: most });
        assertEquals((await backend!.take(soon))?.data, most);
        assertEquals((await journal.read(0, now))[0]?.value, most);
        const refused: [() => Promise<unknown>, RegExp][] = [
          [
            () => journal.append("k", `${most}x`),
            /the value of the entry "k": it has 1,048,577 bytes.*store it as a file/,
          ],
          [() => journal.append("k", more), /1,200,000 bytes/],
          [() => journal.append(more, ""), /the key of an entry: it has/],
          [
            () => backend!.publish({ id: "1", data: more }),
            /the data of the job "1": it has/,
          ],
          [
            () => journal.append("k", 5 as never),
            /the value of the entry "k": it is 5; give a string/,
          ],
        ];
        for (const [call, message] of refused) {
          const { problem, message: text } = await assertRejects(
            call,
            EngineError,
          );
          assert(
            ["size", "usage"].includes(problem) && message.test(text),
            text,
          );
        }
        for (const id of ["", "a b", "a:b", "é", "x".repeat(201), 7]) {
          const call = () => backend!.publish({ id: id as string, data: "" });
          const { message } = await assertRejects(call, EngineError);
          assert(/as the name of a job: give 1 to 200/.test(message), message);
        }
        for (const id of ["", "a b", "a:b", "a.b", "é", "x".repeat(201)]) {
          assertThrows(() => backend!.journalNamed(id), EngineError, "journal");
          await assertRejects(() => backend!.lock(id), EngineError, "lock");
        }
        assertEquals((await journal.read(0, now)).length, 1);
      });
    },
  );

  test(
    `${name}: a long journal is read whole, and from anywhere`,
    options,
    async () => {
      const { url } = await server();
      await withConnections(url, 2, {}, async (a, b) => {
        const keys = Array.from({ length: 2_500 }, (_, i) => `k${i}`);
        for (let i = 0; i < keys.length; i += 250) {
          const some = keys.slice(i, i + 250);
          await Promise.all(some.map((key) => a!.journal.append(key, key)));
        }
        const all = await b!.journal.read(0, now);
        assertEquals(
          all.map(({ key }) => key).toSorted(),
          keys.toSorted(),
        );
        const from = all[1_233]!.sequence;
        assertEquals(await b!.journal.read(from, now), all.slice(1_234));
        assertEquals(
          await b!.journal.read(from, { ...now, limit: 1_001 }),
          all.slice(1_234, 2_235),
        );
      });
    },
  );
}

test(
  "Redis: a search that is dropped leaves no key",
  { skip: REDIS.skip },
  async () => {
    const server = await startRedis();
    try {
      await withConnections(server.url, 2, { lease: 200 }, async (a, b) => {
        for (const id of ["1", "2", "3"]) await a!.publish({ id, data: "" });
        const taken = new Set<string>();
        while (taken.size < 3) taken.add((await a!.take(soon))!.id);
        // Leases run out, and jobs come back.
        assertExists(await b!.take(soon));
        await a!.journal.append("x", "1");
        await a!.journalNamed("told").append("x", "1");
        await a!.lock("owner");
        await b!.drop();
      });
      assertEquals(redisCli(server, "KEYS", "*"), "");
    } finally {
      await server.stop();
    }
  },
);

test("Postgres: a search that is dropped leaves no row", {
  skip: POSTGRES.skip,
}, async () => {
  const server = await POSTGRES.server();
  const searchId = "leaves nothing";
  await withConnections(
    server.url,
    2,
    { searchId, lease: 200 },
    async (a, b) => {
      for (const id of ["1", "2", "3"]) await a!.publish({ id, data: "" });
      assertExists(await b!.take(soon));
      await a!.journal.append("x", "1");
      await a!.lock("owner");
      await b!.drop();
    },
  );
  const tag = searchTag(searchId);
  const left = ["entry", "journal", "lock", "search"].map((table) =>
    sql(server, `SELECT count(*) FROM ato.${table} WHERE search = '${tag}'`)
  );
  const tables = sql(
    server,
    `SELECT c.table_name FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
      WHERE c.table_schema = 'bullmq' AND c.column_name = 'queue' AND t.table_type = 'BASE TABLE'`,
  ).split("\n").filter((table) =>
    sql(
      server,
      `SELECT count(*) FROM bullmq.${table} WHERE queue = '${tag}'`,
    ) !== "0"
  );
  assertEquals([...left, tables], ["0", "0", "0", "0", []]);
});
