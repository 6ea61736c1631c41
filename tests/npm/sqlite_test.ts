/** What Ato relies on of `@db/sqlite`; passes against it and against the stand-in. */
import { test } from "node:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { assertEquals, assertThrows } from "@std/assert";
import { makeTempFolder } from "../_shared/temp_folder.ts";

// Without a library named, the real package would download one.
const isStandIn = import.meta.resolve("@db/sqlite").endsWith("/npm/sqlite.ts");
const skip = !isStandIn && !process.env.DENO_SQLITE_PATH
  ? "DENO_SQLITE_PATH names no library"
  : false;

type Module = typeof import("@db/sqlite");
type Database = InstanceType<Module["Database"]>;

/** Opens a database in memory, and closes it. */
async function inMemory(body: (database: Database) => void): Promise<void> {
  const { Database } = await import("@db/sqlite");
  const database = new Database(":memory:", { int64: true, parseJson: false });
  try {
    body(database);
  } finally {
    database.close();
  }
}

/** Rows as plain objects, whatever their prototype. */
function plain(rows: Iterable<object>): unknown[] {
  return [...rows].map((row) => ({ ...row }));
}

test("the stand-in says that it is one, and only it", { skip }, async () => {
  assertEquals("isStandIn" in await import("@db/sqlite"), isStandIn);
});

test("rows are read first, all, and one at a time", { skip }, async () => {
  await inMemory((database) => {
    database.exec("CREATE TABLE t (a, b); INSERT INTO t VALUES (1, 'x')");
    database.exec("INSERT INTO t VALUES (2, 'y')");
    const select = database.prepare("SELECT a, b FROM t WHERE a >= ?");
    const rows = [{ a: 1, b: "x" }, { a: 2, b: "y" }];
    assertEquals<unknown>({ ...select.get(1) }, rows[0]);
    assertEquals(plain(select.all(1)), rows);
    assertEquals(plain(select.iter(1)), rows);
    assertEquals<unknown>(select.values(1), [[1, "x"], [2, "y"]]);
    assertEquals<unknown>(select.value(2), [2, "y"]);
    assertEquals([select.get(3), select.value(3)], [undefined, undefined]);
    assertEquals([select.all(3), [...select.iter(3)]], [[], []]);
    const early: unknown[] = [];
    for (const row of select.iter(1)) {
      early.push(row.a);
      break;
    }
    assertEquals([early, select.all(1).length], [[1], 2]);
    select.finalize();
  });
});

const BOUND: [string, unknown, string, unknown][] = [
  ["an integer", 1, "integer", 1],
  ["a negative integer", -(2 ** 31) - 1, "integer", -(2 ** 31) - 1],
  ["milliseconds", 1764000000000, "integer", 1764000000000],
  ["the greatest safe integer", 2 ** 53 - 1, "integer", 2 ** 53 - 1],
  ["a bigint that a number holds", 5n, "integer", 5],
  ["a bigint that none holds", 2n ** 62n, "integer", 2n ** 62n],
  ["a float", 1.5, "real", 1.5],
  ["a tiny float", 5e-324, "real", 5e-324],
  ["text", "ü'\"\u{1f600}", "text", "ü'\"\u{1f600}"],
  ["an empty text", "", "text", ""],
  ["bytes", new Uint8Array([0, 255]), "blob", new Uint8Array([0, 255])],
  ["no bytes", new Uint8Array(), "blob", new Uint8Array()],
  ["null", null, "null", null],
  ["undefined", undefined, "null", null],
  ["true", true, "integer", 1],
  ["false", false, "integer", 0],
  ["a date", new Date(0), "text", "1970-01-01T00:00:00.000Z"],
];

for (const [name, value, type, back] of BOUND) {
  test(`${name} is bound as ${type}`, { skip }, async () => {
    await inMemory((database) => {
      database.exec("CREATE TABLE t (a)");
      const param = value as number;
      assertEquals(database.prepare("INSERT INTO t VALUES (?)").run(param), 1);
      const row = database.prepare("SELECT typeof(a) AS type, a FROM t").get();
      assertEquals<unknown>({ ...row }, { type, a: back });
    });
  });
}

test(
  "values are bound by position, by name, or not at all",
  { skip },
  async () => {
    await inMemory((database) => {
      const row = { a: 1, b: "x" };
      const byPlace = database.prepare("SELECT ? AS a, ? AS b");
      assertEquals<unknown>({ ...byPlace.get(1, "x") }, row);
      assertEquals<unknown>({ ...byPlace.get([1, "x"]) }, row);
      assertEquals<unknown>({ ...byPlace.get(1) }, { a: 1, b: null });
      const byName = database.prepare("SELECT :a AS a, $b AS b");
      assertEquals<unknown>({ ...byName.get({ a: 1, $b: "x" }) }, row);
      assertThrows(() => byName.get({ c: 1 }), Error);
      // A statement that is used again does not remember.
      assertEquals<unknown>({ ...byPlace.get("y") }, { a: "y", b: null });
    });
  },
);

test("changes and row ids are counted", { skip }, async () => {
  await inMemory((database) => {
    assertEquals(
      database.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, a)"),
      0,
    );
    assertEquals(database.exec("INSERT INTO t (a) VALUES (1), (2)"), 2);
    assertEquals(database.run("INSERT INTO t VALUES (?, ?)", 70, 3), 1);
    assertEquals(database.lastInsertRowId, 70);
    const update = database.prepare("UPDATE t SET a = a + 1 WHERE a >= ?");
    assertEquals([update.run(2), database.changes], [2, 2]);
    assertEquals(database.totalChanges, 5);
    assertEquals(update.run(100), 0);
    const returning = database.prepare(
      "INSERT INTO t (a) VALUES (?) RETURNING id",
    );
    assertEquals<unknown>({ ...returning.get(9) }, { id: 71 });
  });
});

test("transactions are told, and undone", { skip }, async () => {
  await inMemory((database) => {
    const told = () => [database.inTransaction, database.autocommit];
    database.exec("CREATE TABLE t (a)");
    assertEquals(told(), [false, true]);
    database.exec("BEGIN IMMEDIATE");
    database.exec("INSERT INTO t VALUES (1)");
    assertEquals(told(), [true, false]);
    database.exec("ROLLBACK");
    assertEquals(told(), [false, true]);
    assertEquals<unknown>(database.prepare("SELECT a FROM t").all(), []);
  });
});

const REFUSED: [string, string, string][] = [
  ["what is no SQL", "NOT SQL", "syntax error"],
  ["an unknown table", "INSERT INTO u VALUES (1)", "no such table: u"],
  [
    "a broken constraint",
    "INSERT INTO t VALUES (1), (1)",
    "UNIQUE constraint failed: t.a",
  ],
];

for (const [name, sql, message] of REFUSED) {
  test(`${name} is an error of SQLite`, { skip }, async () => {
    await inMemory((database) => {
      database.exec("CREATE TABLE t (a UNIQUE)");
      assertThrows(() => database.exec(sql), Error, message);
      assertThrows(() => database.prepare(sql).run(), Error, message);
      assertEquals<unknown>(database.prepare("SELECT a FROM t").all(), []);
    });
  });
}

/** Runs a test in a folder of its own. */
async function withFile(
  body: (path: string, module: Module) => void,
): Promise<void> {
  const folder = makeTempFolder("sqlite");
  try {
    body(join(folder, "a b%.db"), await import("@db/sqlite"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("a database opened for reading cannot be written", { skip }, async () => {
  await withFile((path, { Database }) => {
    const writer = new Database(path, { create: true });
    assertEquals([writer.path, writer.open], [path, true]);
    writer.exec("CREATE TABLE t (a); INSERT INTO t VALUES (1)");
    writer.close();
    writer.close();
    assertEquals([writer.open, writer.inTransaction], [false, false]);
    const reader = new Database(path, { readonly: true, int64: true });
    assertEquals<unknown>({ ...reader.prepare("SELECT a FROM t").get() }, {
      a: 1,
    });
    assertThrows(() => reader.exec("DELETE FROM t"), Error, "readonly");
    reader.close();
  });
});

test("a missing file is made only on demand", { skip }, async () => {
  await withFile((path, { Database }) => {
    for (const options of [{ create: false }, { readonly: true }]) {
      assertThrows(
        () => new Database(path, options),
        Error,
        "unable to open database file",
      );
    }
    new Database(path, { create: true }).close();
    new Database(path, { create: false }).close();
  });
});
