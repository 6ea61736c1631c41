/** What Ato relies on of `@db/sqlite`; passes against it and against the stand-in. */
import { test } from "node:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { assertEquals, assertThrows } from "@std/assert";

// Without a library named, the real package would download one.
const isStandIn = (process.env.ATO_REGISTRY ?? "npm") === "npm";
const skip = !isStandIn && !process.env.DENO_SQLITE_PATH
  ? "DENO_SQLITE_PATH names no library"
  : false;

test(
  "statements run, get, all and iterate; integers arrive in full",
  { skip },
  async () => {
    const { Database } = await import("@db/sqlite");
    const database = new Database(":memory:", { int64: true });
    database.exec("CREATE TABLE t (a INTEGER, b REAL, c TEXT, d BLOB)");
    const insert = database.prepare("INSERT INTO t VALUES (?, ?, ?, ?)");
    insert.run(Date.now() * 0 + 2 ** 40, 1.5, "ü", new Uint8Array([1, 2]));
    insert.run(2n ** 62n, -1.5e10 - 0.25, "", null);
    const select = database.prepare("SELECT a, b, c, d FROM t ORDER BY a");
    const first = { a: 2 ** 40, b: 1.5, c: "ü", d: new Uint8Array([1, 2]) };
    const second = { a: 2n ** 62n, b: -1.5e10 - 0.25, c: "", d: null };
    assertEquals({ ...select.get() } as unknown, first);
    assertEquals(select.all().map((row) => ({ ...row as object })) as unknown, [
      first,
      second,
    ]);
    assertEquals([...select.iter()].length, 2);
    assertEquals(database.prepare("SELECT 1 AS x WHERE 0").get(), undefined);
    assertThrows(() => database.exec("NOT SQL"), Error, "syntax error");
    database.close();
  },
);

test("a database opened for reading cannot be written", { skip }, async () => {
  const { Database } = await import("@db/sqlite");
  const folder = mkdtempSync(join(tmpdir(), "ato-sqlite-"));
  try {
    const path = join(folder, "a.db");
    const writer = new Database(path, { create: true });
    writer.exec("CREATE TABLE t (a); INSERT INTO t VALUES (1)");
    writer.close();
    const reader = new Database(path, { readonly: true, int64: true });
    assertEquals({ ...reader.prepare("SELECT a FROM t").get() } as unknown, {
      a: 1,
    });
    assertThrows(
      () => reader.exec("INSERT INTO t VALUES (2)"),
      Error,
      "readonly",
    );
    reader.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
