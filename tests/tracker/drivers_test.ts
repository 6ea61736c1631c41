import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import {
  chooseDriver,
  classifyStorageProblem,
  type Connection,
  type Driver,
  mergeRuns,
  networkFileSystem,
  openForWriting,
  SQLFinder,
  SQLLogger,
  type SqlValue,
  TrackerUsageError,
} from "../../tracker/mod.ts";
import { loadFfiDriver } from "../../tracker/drivers/ffi_sqlite.ts";
import { loadNodeDriver } from "../../tracker/drivers/node_sqlite.ts";
import { StatementCache } from "../../tracker/drivers/_statements.ts";
import { hasWalResetBug } from "../../tracker/_sqlite_version.ts";
import { faultyDriver } from "./_faulty_driver.ts";
import { configIn, inFolder, isDeno, start } from "./_helpers.ts";

/** Why `@db/sqlite` cannot be tried here. */
function noFfi(): string | false {
  if (!isDeno) return "@db/sqlite needs Deno";
  if ((process.env["ATO_REGISTRY"] ?? "npm") === "npm") {
    return "@db/sqlite is a stand-in here";
  }
  return process.env["DENO_SQLITE_PATH"]
    ? false
    : "DENO_SQLITE_PATH names no library";
}

const DRIVERS: [string, () => Promise<Driver>, string | false][] = [
  ["node", loadNodeDriver, false],
  ["ffi", loadFfiDriver, noFfi()],
];

const VALUES: SqlValue[] = [
  null,
  0,
  1,
  -1,
  0.1,
  2 ** 31,
  -(2 ** 31) - 1,
  Date.now(),
  Number.MAX_SAFE_INTEGER,
  2n ** 62n,
  "",
  "text with ' and \u{1f600}",
];

/** A file with the rows 1, 2 and 3, and a connection that writes and one that reads. */
function filled(
  driver: Driver,
  path: string,
): { writer: Connection; reader: Connection } {
  const writer = driver.connect(path);
  writer.exec("PRAGMA journal_mode = WAL; CREATE TABLE t (v)");
  writer.exec("INSERT INTO t VALUES (1), (2), (3)");
  return { writer, reader: driver.connect(path, { readOnly: true }) };
}

for (const [name, load, skip] of DRIVERS) {
  test(`Driver (${name}): keeps the contract`, { skip }, async () => {
    await inFolder(async (folder) => {
      const driver = await load();
      assert(/^3\.\d+\.\d+$/.test(driver.sqliteVersion));
      const path = join(folder, "a b%.db");
      const connection = driver.connect(path);
      connection.exec(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, v, r REAL); SELECT 1",
      );
      const insert = connection.prepare(
        "INSERT INTO t (v, r) VALUES (?, ?) RETURNING id",
      );
      for (const value of VALUES) {
        assert(Number(insert.get(value, null)!["id"]) > 0);
      }
      const select = connection.prepare("SELECT v FROM t ORDER BY id");
      assertEquals(select.all().map((row) => row["v"]), VALUES);
      const small = connection.prepare(
        "SELECT v FROM t WHERE v IS NOT 4611686018427387904 ORDER BY id",
      );
      const expected = VALUES.filter((value) => typeof value !== "bigint");
      assertEquals([...small.iterate()].map((row) => row["v"]), expected);
      assertEquals(
        connection.prepare("SELECT v FROM t WHERE id = ?").get(-1),
        undefined,
      );

      connection.exec("DELETE FROM t");
      const reals = [-0, 1.5e300, 2 ** 53 + 2, 1e20, -1e300, 0.1, 5e-324];
      const real = connection.prepare("INSERT INTO t (r) VALUES (?)");
      for (const value of reals) real.run(value);
      const stored = connection.prepare("SELECT r FROM t ORDER BY id").all();
      assertEquals(
        stored.map((row) => Number(row["r"])),
        reals.map((value) => value || 0),
      );

      const blob = connection.prepare("SELECT x'00ff' AS b, json('{}') AS j")
        .get()!;
      assertEquals([...blob["b"] as Uint8Array], [0, 255]);
      assertEquals(blob["j"], "{}");
      assertThrows(() => connection.exec("SELEC"), Error, "syntax");
      assertThrows(
        () => connection.prepare("SELECT * FROM none"),
        Error,
        "no such table",
      );

      const reader = driver.connect(path, { readOnly: true });
      assertThrows(() => reader.exec("DELETE FROM t"), Error, "readonly");
      reader.close();
      connection.close();
      connection.close();
      const frozen = driver.connect(path, { readOnly: true, immutable: true });
      assertEquals(
        frozen.prepare("SELECT count(*) AS n FROM t").get()?.["n"],
        reals.length,
      );
      frozen.close();
      assertThrows(() =>
        driver.connect(join(folder, "none.db"), { readOnly: true })
      );
    });
  });

  test(
    `Statement.iterate (${name}): yields rows in the order of the query, with columns of any name`,
    { skip },
    async () => {
      await inFolder(async (folder) => {
        const connection = (await load()).connect(join(folder, "a.db"));
        connection.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, v)");
        const insert = connection.prepare(
          "INSERT INTO t (v) VALUES (?) RETURNING v",
        );
        for (const value of [2, null, 3, 1]) {
          assertEquals([...insert.iterate(value)], [{ v: value }]);
        }
        const reads: [string, SqlValue[], unknown[]][] = [
          ["SELECT v FROM t ORDER BY v DESC", [], [3, 2, 1, null]],
          ["SELECT v FROM t ORDER BY v LIMIT ?;", [2], [null, 1]],
          ["SELECT v FROM t WHERE v > ? ORDER BY v -- end", [1], [2, 3]],
          [
            "WITH w AS (SELECT v FROM t) SELECT v FROM w WHERE v = ?",
            [3],
            [3],
          ],
          ["VALUES (7), (6)", [], [7, 6]],
          ["SELECT v FROM t WHERE v = ?", [9], []],
          ["PRAGMA user_version", [], [0]],
        ];
        for (const [sql, params, expected] of reads) {
          const statement = connection.prepare(sql);
          for (const round of [1, 2]) {
            const rows = [...statement.iterate(...params)];
            assertEquals(
              rows.map((row) => Object.values(row)),
              expected.map((value) => [value]),
              `${sql}, round ${round}`,
            );
          }
        }
        const [first] = connection.prepare("SELECT v FROM t ORDER BY id")
          .iterate();
        assertEquals({ ...first }, { v: 2 });
        connection.close();
      });
    },
  );

  test(
    `Connection.prepare (${name}): the same query can be iterated within itself`,
    { skip },
    async () => {
      await inFolder(async (folder) => {
        const { reader } = filled(await load(), join(folder, "a.db"));
        const sql = "SELECT v FROM t WHERE v >= ? ORDER BY v";
        const seen: number[][] = [];
        const shared = reader.prepare(sql);
        for (const outer of shared.iterate(1)) {
          for (const inner of reader.prepare(sql).iterate(2)) {
            for (const own of shared.iterate(3)) {
              seen.push([outer, inner, own].map((row) => Number(row["v"])));
            }
          }
          assertEquals(reader.prepare(sql).get(2), { v: 2 });
          assertEquals(reader.prepare(sql).all(2).length, 2);
        }
        assertEquals(
          seen,
          [1, 2, 3].flatMap((a) => [2, 3].map((b) => [a, b, 3])),
        );

        // Two that are read in turns, one of them not to its end, one never started.
        const [a, b, c] = [1, 2, 1].map((least) =>
          reader.prepare(sql).iterate(least)
        );
        assertEquals(a!.next().value, { v: 1 });
        assertEquals(b!.next().value, { v: 2 });
        assertEquals(a!.next().value, { v: 2 });
        assertEquals(b!.next().value, { v: 3 });
        assertEquals(b!.next().done, true);
        assertEquals(reader.prepare(sql).all(1).length, 3);
        a!.return?.();
        assertEquals([...reader.prepare(sql).iterate(2)].length, 2);
        assertEquals([...c!].length, 3);

        // A row that was returned does not change with the next one.
        const first = reader.prepare("SELECT max(v) AS v FROM t").get();
        assertEquals(reader.prepare("SELECT max(v) AS v FROM t").get(), first);
        const one = "SELECT v FROM t ORDER BY v LIMIT 1";
        const before = reader.prepare(one).get()!;
        before["v"] = 9;
        assertEquals(reader.prepare(one).get(), { v: 1 });
        reader.close();
      });
    },
  );

  test(
    `Connection.prepare (${name}): a query that failed works again, and many different ones work`,
    { skip },
    async () => {
      await inFolder(async (folder) => {
        const { reader } = filled(await load(), join(folder, "a.db"));
        const fails = "SELECT abs(?) AS n";
        for (const _ of [1, 2]) {
          assertThrows(() => reader.prepare(fails).get(-(2n ** 63n)));
          assertThrows(() => [...reader.prepare(fails).iterate(-(2n ** 63n))]);
          assertEquals(reader.prepare(fails).get(-3), { n: 3 });
        }
        const kept = reader.prepare("SELECT v + 0 AS v FROM t WHERE v = ?");
        const rows = reader.prepare("SELECT v FROM t ORDER BY v").iterate();
        assertEquals(rows.next().value, { v: 1 });
        for (const _ of [1, 2]) {
          for (let n = 0; n < 1000; n++) {
            const sql = `SELECT v + ${n} AS v FROM t WHERE v = ?`;
            assertEquals(reader.prepare(sql).get(2), { v: n + 2 });
          }
        }
        assertEquals(kept.get(3), { v: 3 });
        assertEquals([...rows], [{ v: 2 }, { v: 3 }]);
        for (const _ of [1, 2]) {
          assertThrows(() => reader.prepare("SELECT x FROM t"), Error, "x");
        }
        reader.close();
      });
    },
  );

  test(
    `Connection.prepare (${name}): a query sees the columns of a schema that was changed meanwhile`,
    { skip },
    async () => {
      await inFolder(async (folder) => {
        const { writer, reader } = filled(await load(), join(folder, "a.db"));
        const sql = "SELECT * FROM t ORDER BY v LIMIT ?";
        const iterate = () => [...reader.prepare(sql).iterate(1)];
        assertEquals(reader.prepare(sql).get(1), { v: 1 });
        assertEquals(iterate(), [{ v: 1 }]);
        writer.exec("ALTER TABLE t ADD COLUMN w DEFAULT 7");
        assertEquals(reader.prepare(sql).get(1), { v: 1, w: 7 });
        writer.exec("ALTER TABLE t RENAME COLUMN w TO x");
        assertEquals(reader.prepare(sql).all(1), [{ v: 1, x: 7 }]);
        writer.exec("ALTER TABLE t ADD COLUMN y");
        assertEquals(iterate(), [{ v: 1, x: 7, y: null }]);

        // While a query is iterated, it is answered from the state that it began with.
        const open = reader.prepare("SELECT * FROM t ORDER BY v").iterate();
        assertEquals(open.next().value, { v: 1, x: 7, y: null });
        writer.exec("ALTER TABLE t DROP COLUMN y");
        assertEquals([...open].map((row) => row["v"]), [2, 3]);
        assertEquals(iterate(), [{ v: 1, x: 7 }]);

        // A temporary view changes the schema of this connection alone.
        reader.exec("CREATE TEMP VIEW u AS SELECT 1 AS a");
        assertEquals(reader.prepare("SELECT * FROM u").all(), [{ a: 1 }]);
        reader.exec("DROP VIEW u; CREATE TEMP VIEW u AS SELECT 2 AS a, 3 AS b");
        assertEquals(reader.prepare("SELECT * FROM u").all(), [{ a: 2, b: 3 }]);

        writer.exec("DROP TABLE t");
        assertThrows(() => reader.prepare(sql), Error, "no such table");
        writer.close();
        reader.close();
      });
    },
  );

  test(
    `Connection.close (${name}): refuses what is still open, and lets go of the file`,
    { skip },
    async () => {
      await inFolder(async (folder) => {
        const path = join(folder, "a.db");
        const driver = await load();
        const { writer, reader } = filled(driver, path);
        const sql = "SELECT v FROM t ORDER BY v";
        for (const connection of [reader, writer]) {
          const statement = connection.prepare(sql);
          const [half, unread, left] = [0, 1, 2].map(() =>
            connection.prepare(sql).iterate()
          );
          assertEquals(half!.next().value, { v: 1 });
          assertEquals(left!.next().value, { v: 1 });
          connection.close();
          connection.close();
          const uses: (() => unknown)[] = [
            () => half!.next(),
            () => unread!.next(),
            () => statement.get(),
            () => statement.all(),
            () => statement.run(),
            () => statement.iterate(),
            () => connection.prepare(sql),
            () => connection.exec("SELECT 1"),
          ];
          for (const use of uses) assertThrows(use, Error, "closed");
          left!.return?.();
        }
        // No lock is left: the file can be changed in any way.
        const alone = driver.connect(path);
        alone.exec("PRAGMA busy_timeout = 0; PRAGMA journal_mode = DELETE");
        alone.exec("BEGIN EXCLUSIVE; DROP TABLE t; COMMIT; VACUUM");
        alone.close();
      });
    },
  );

  test(
    `Statement (${name}): throws if a read fails midway`,
    { skip },
    async () => {
      await inFolder(async (folder) => {
        const driver = await load();
        const path = join(folder, "a.db");
        const whole = driver.connect(path);
        whole.exec(
          "PRAGMA page_size = 512; CREATE TABLE t (id INTEGER, v TEXT)",
        );
        whole.exec(
          `WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 400)
         INSERT INTO t SELECT i, hex(zeroblob(60)) FROM c`,
        );
        whole.close();
        damageTable(driver, path, "t");

        const connection = driver.connect(path, { readOnly: true });
        const rows = connection.prepare("SELECT id, v FROM t");
        const sum = connection.prepare("SELECT sum(length(v)) AS n FROM t");
        const broken = connection.prepare("SELECT abs(?) AS n");
        const least = -(2n ** 63n);
        const reads: [string, () => unknown, string][] = [
          ["all", () => rows.all(), "corrupt"],
          ["iterate", () => [...rows.iterate()], "corrupt"],
          ["iterate a sum", () => [...sum.iterate()], "corrupt"],
          ["get", () => sum.get(), "corrupt"],
          ["run", () => sum.run(), "corrupt"],
          ["iterate an overflow", () => [...broken.iterate(least)], "other"],
        ];
        for (const [what, read, problem] of reads) {
          const error = assertThrows(read, Error, undefined, what);
          // @db/sqlite gives no code.
          assertEquals(classifyStorageProblem(error) ?? "other", problem, what);
        }
        let seen = 0;
        const again = connection.prepare("SELECT id FROM t");
        assertThrows(() => {
          for (const row of again.iterate()) seen = Number(row["id"]);
        });
        assert(seen > 0 && seen < 400, `${seen} rows before the damage`);
        connection.close();
      });
    },
  );

  test(
    `classifyStorageProblem (${name}): tells errors by their code, not by words in them`,
    { skip },
    async () => {
      await inFolder(async (folder) => {
        const driver = await load();
        const path = join(folder, "a.db");
        const writer = driver.connect(path);
        writer.exec("PRAGMA busy_timeout = 0; CREATE TABLE t (id UNIQUE)");
        writer.exec("INSERT INTO t VALUES (1); BEGIN IMMEDIATE");
        const other = driver.connect(path);
        other.exec("PRAGMA busy_timeout = 0");
        const reader = driver.connect(path, { readOnly: true });
        const text = join(folder, "disk is full");
        writeFileSync(text, "this is no database ".repeat(100));
        const none = join(folder, "database is locked", "none.db");
        const problemOf = (work: () => unknown): string =>
          classifyStorageProblem(assertThrows(work, Error)) ?? "other";
        assertEquals({
          busy: problemOf(() => other.exec("BEGIN IMMEDIATE")),
          readonly: problemOf(() => reader.exec("DELETE FROM t")),
          corrupt: problemOf(() => driver.connect(text).exec("DELETE FROM t")),
          io: problemOf(() => driver.connect(none)),
          unique: problemOf(() => writer.exec("INSERT INTO t VALUES (1)")),
          words: problemOf(() =>
            writer.prepare("SELECT [database is locked], [disk is full] FROM t")
          ),
        }, {
          busy: "busy",
          readonly: "readonly",
          corrupt: "corrupt",
          io: "io",
          unique: "other",
          words: "other",
        });
        for (const connection of [writer, other, reader]) connection.close();
      });
    },
  );

  test(
    `SQLFinder, mergeRuns (${name}): never return a part of a damaged file`,
    { skip },
    async () => {
      await inFolder(async (folder) => {
        const driver = await load();
        const config = configIn(folder);
        const logger = new SQLLogger(config, { driver });
        const id = await logger.run();
        for (let i = 0; i < 6000; i++) logger.logMetric("loss", i / 7, i);
        await logger.finish();
        const path = join(folder, "runs.db");
        damageTable(driver, path, "points");

        const target = join(folder, "target.db");
        const told: string[] = [];
        const result = await mergeRuns(target, path, {
          driver,
          onWarning: (message) => told.push(message),
        });
        assertEquals(result, { added: [], updated: [], same: 0 });
        assertEquals(told.length, 1);
        assertMatch(told[0]!, /malformed.*; it was not copied$/);
        const finder = new SQLFinder(config, { driver });
        const { metrics } = (await finder.findRun(id))!;
        assertEquals((await metrics.summary("loss"))?.count, 6000);
        const limit = 10_000;
        await assertRejects(() => metrics.points("loss", { limit }));
        await assertRejects(() => metrics.chart("loss", { maxPoints: limit }));
        await finder.close();
        const merged = new SQLFinder(target, { driver });
        assertEquals(await merged.listProjects(), []);
        await merged.close();
      });
    },
  );

  test(
    `SQLLogger, SQLFinder (${name}): write and read a run`,
    { skip },
    async () => {
      await inFolder(async (folder) => {
        const driver = await load();
        const config = configIn(folder);
        const logger = new SQLLogger(config, { driver });
        const id = await logger.run({ tags: ["x"] });
        const values = [1, -0, 1e20, NaN, -Infinity, 0.25];
        for (let i = 0; i < 600; i++) logger.logMetric("m", values[i % 6]!, i);
        logger.logMetrics({ a: 1, b: 2 }, 5);
        await logger.finish();
        const finder = new SQLFinder(config, { driver });
        const run = (await finder.findRun(id))!;
        const { points } = await run.metrics.points("m", {
          limit: 6,
          from: 300,
        });
        assertEquals(points.map((one) => one.value), values);
        const summary = (await run.metrics.summary("m"))!;
        assertEquals([summary.count, summary.nonfinite, summary.max], [
          600,
          200,
          1e20,
        ]);
        await finder.close();
      });
    },
  );
}

/** Fills a page of a table with rubbish, after rows that can still be read. */
function damageTable(driver: Driver, path: string, table: string): void {
  const connection = driver.connect(path);
  connection.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  const size = Number(
    connection.prepare("PRAGMA page_size").get()!["page_size"],
  );
  const root = Number(
    connection.prepare("SELECT rootpage FROM sqlite_master WHERE name = ?")
      .get(table)!["rootpage"],
  );
  connection.close();
  const bytes = readFileSync(path);
  // The root has children; the last one is in its header.
  const child = bytes.readUInt32BE((root - 1) * size + 8);
  writeFileSync(path, bytes.fill(0xff, (child - 1) * size, child * size));
}

const VERSIONS: [string, boolean][] = [
  ["3.6.23", false],
  ["3.7.0", true],
  ["3.40.1", true],
  ["3.44.5", true],
  ["3.44.6", false],
  ["3.45.0", true],
  ["3.47.2", true],
  ["3.50.6", true],
  ["3.50.7", false],
  ["3.51.2", true],
  ["3.51.3", false],
  ["3.53.2", false],
  ["4.0.0", false],
];
test("classifyStorageProblem: an error of Ato's own is none of SQLite's, whatever it quotes", () => {
  const error = new TrackerUsageError(
    "Cannot open database is locked: it is a folder",
  );
  assertEquals(classifyStorageProblem(error), undefined);
  assertEquals(
    classifyStorageProblem(new DOMException("x", "AbortError")),
    undefined,
  );
});

test("StatementCache.prepare: prepares a query once, and keeps the 200 that were used last", () => {
  const prepared: string[] = [];
  const cache = new StatementCache({
    exec: () => {},
    close: () => {},
    prepare(sql) {
      prepared.push(sql);
      return {
        run: () => {},
        get: () => ({ schema_version: 1 }),
        all() {
          if (sql.includes("fails")) throw new Error("no");
          return [];
        },
        iterate: () => [{ n: 1 }, { n: 2 }][Symbol.iterator](),
      };
    },
  });
  const times = (sql: string): number =>
    prepared.filter((one) => one === sql).length;
  const kept = "SELECT kept";
  for (let n = 0; n < 1000; n++) {
    cache.prepare(kept).all();
    cache.prepare(`SELECT ${n}`).all();
  }
  assertEquals(times(kept), 1);
  for (let n = 999; n > 800; n--) cache.prepare(`SELECT ${n}`).all();
  cache.prepare(kept).all();
  assertEquals([999, 801].map((n) => times(`SELECT ${n}`)), [1, 1]);
  assertEquals(times(kept), 1);
  cache.prepare("SELECT 0").all();
  assertEquals(times("SELECT 0"), 2);

  // One that is in use, was not read to its end, or failed is not given to the next user.
  const open = cache.prepare(kept).iterate();
  open.next();
  cache.prepare(kept).all();
  assertEquals(times(kept), 2);
  open.return?.();
  cache.prepare(kept).all();
  assertEquals(times(kept), 2);
  const [first] = cache.prepare("SELECT part").iterate();
  assertEquals(first, { n: 1 });
  cache.prepare("SELECT part").all();
  assertEquals(times("SELECT part"), 2);
  assertThrows(() => cache.prepare("SELECT fails").all(), Error, "no");
  assertThrows(() => cache.prepare("SELECT fails").all(), Error, "no");
  assertEquals(times("SELECT fails"), 2);
  for (const sql of ["PRAGMA user_version", "INSERT INTO t VALUES (1)"]) {
    cache.prepare(sql).all();
    cache.prepare(sql).all();
    assertEquals(times(sql), 2);
  }
  cache.noteExec("SAVEPOINT a");
  cache.prepare(kept).all();
  assertEquals(times(kept), 2);
  cache.noteExec("SAVEPOINT a; DROP TABLE t");
  cache.prepare(kept).all();
  assertEquals(times(kept), 3);
});

test("StatementCache.prepare: asks for the schema once in a transaction, and for each query outside of one", () => {
  let [asked, schema] = [0, 1];
  const cache = new StatementCache({
    exec: () => {},
    close: () => {},
    prepare: (sql) => ({
      run: () => {},
      get() {
        if (!sql.includes("schema_version")) return undefined;
        asked++;
        return { schema_version: schema };
      },
      all: () => [],
      iterate: () => [][Symbol.iterator](),
    }),
  });
  const asksIn = (...texts: string[]): number => {
    const before = asked;
    for (const sql of texts) {
      if (sql.startsWith("SELECT")) cache.prepare(sql);
      else if (sql.startsWith("failed ")) cache.noteExec(sql.slice(7));
      else {
        cache.noteExec(sql);
        cache.noteDone(sql);
      }
    }
    return asked - before;
  };
  const [read, begin, end] = ["SELECT 1", "SAVEPOINT a", "RELEASE a"];
  assertEquals(asksIn(read, read), 2);
  assertEquals(asksIn(begin, read, read, read, end, read, read), 3);
  // A transaction within another one sees the same file.
  assertEquals(asksIn(begin, read, begin, read, end, read, end, read), 2);
  // A transaction that did not begin, was rolled back, or changed the schema, is none.
  assertEquals(asksIn(`failed ${begin}`, read, read), 2);
  assertEquals(asksIn(begin, read, "ROLLBACK", read, read), 3);
  assertEquals(asksIn(begin, read, "CREATE TEMP VIEW v AS SELECT 1", read), 2);
  assertEquals(asksIn(end, read, read), 2);
  schema = 2;
  assertEquals(asksIn(begin, read, read, end), 1);
});

test("Driver.connect: in a transaction, a schema that another process changes is not seen before its end", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "a.db");
    const driver = await chooseDriver();
    const writer = driver.connect(path);
    writer.exec(
      "PRAGMA journal_mode = WAL; CREATE TABLE t (a); INSERT INTO t VALUES (1)",
    );
    const reader = driver.connect(path, { readOnly: true });
    const columns = () => Object.keys(reader.prepare("SELECT * FROM t").get()!);
    assertEquals(columns(), ["a"]);
    reader.exec("SAVEPOINT a");
    assertEquals(columns(), ["a"]);
    writer.exec("ALTER TABLE t ADD COLUMN b");
    assertEquals(columns(), ["a"]);
    reader.exec("RELEASE a");
    assertEquals(columns(), ["a", "b"]);
    reader.close();
    writer.close();
  });
});

test("hasWalResetBug: knows the versions that have the bug", () => {
  for (const [version, bug] of VERSIONS) {
    assertEquals(hasWalResetBug(version), bug, version);
  }
});

test("openForWriting: a library with the WAL-reset bug writes in DELETE and FULL mode, with one warning", async () => {
  await inFolder(async (folder) => {
    const driver = faultyDriver(await chooseDriver(), {}, {
      version: "3.47.2",
    });
    const warnings: string[] = [];
    const onWarning = (message: string): unknown => warnings.push(message);
    const connection = await openForWriting(join(folder, "a.db"), {
      driver,
      onWarning,
    });
    const pragma = (name: string): SqlValue | undefined =>
      connection.prepare(`PRAGMA ${name}`).get()?.[name];
    assertEquals([pragma("journal_mode"), pragma("synchronous")], [
      "delete",
      2,
    ]);
    connection.close();
    assertEquals(warnings.length, 1);
    assertStringIncludes(
      warnings[0]!,
      "SQLite 3.47.2 can lose rows in WAL mode",
    );
  });
});

test("openForWriting: a safe library writes in WAL mode", async () => {
  await inFolder(async (folder) => {
    const driver = faultyDriver(await chooseDriver(), {}, {
      version: "3.53.0",
    });
    for (const [synchronous, level] of [["normal", 1], ["full", 2]] as const) {
      const connection = await openForWriting(join(folder, "a.db"), {
        driver,
        synchronous,
      });
      const pragma = (name: string): SqlValue | undefined =>
        connection.prepare(`PRAGMA ${name}`).get()?.[name];
      assertEquals([pragma("journal_mode"), pragma("synchronous")], [
        "wal",
        level,
      ]);
      connection.close();
    }
  });
});

const oldNode = process.env["ATO_NODE_22_13"];
test(
  "SQLLogger: Node 22.13, whose SQLite has the WAL-reset bug, loses nothing and warns once",
  {
    skip: oldNode === undefined && "ATO_NODE_22_13 does not name one",
  },
  async () => {
    await inFolder(async (folder) => {
      const hooks = new URL("../../tools/node_hooks.mjs", import.meta.url).href;
      const wrap = (command: string[]): string[] => {
        const script = command.findIndex((word) => word.endsWith("_child.ts"));
        const flags = ["--experimental-strip-types", "--import", hooks];
        return [oldNode!, ...flags, ...command.slice(script)];
      };
      const children = [1, 2].map(() =>
        start("_child.ts", ["many", folder, "300"], { wrap })
      );
      for (const child of children) {
        assertEquals(
          await child.ended,
          { code: 0, signal: null },
          child.stderr(),
        );
        const warnings = child.stderr().split("\n").filter((line) =>
          line.includes("WAL-reset")
        );
        assertEquals(warnings.length, 1, child.stderr());
      }
      const finder = new SQLFinder(configIn(folder));
      for (const run of await finder.getRunsInProject("demo")) {
        assertEquals((await run.metrics.summary("loss"))?.count, 300);
      }
      await finder.close();
    });
  },
);

test("networkFileSystem: a local folder is none", () => {
  assertEquals(networkFileSystem(join(process.cwd(), "x.db")), undefined);
});

test("loadNodeDriver: hides the warning of node:sqlite, and no other", async () => {
  const child = start("_quiet.ts", []);
  assertEquals(await child.ended, { code: 0, signal: null }, child.stderr());
  assertEquals(child.stderr().includes("SQLite is an experimental"), false);
  assertStringIncludes(child.stderr(), "something else");
});
