import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { test } from "node:test";
import { ato, inFolder, makeRun } from "./_lib.ts";

test("ato tag: tags are added, removed and shown", () =>
  inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    await makeRun(db, { tags: ["draft"] });
    const said = await ato(
      "tag",
      "1",
      "+best",
      "x\u001b[2J",
      "-draft",
      "--db",
      db,
    );
    assertEquals(said, {
      code: 0,
      out: "run 1: best, x\\u001b[2J\n",
      err: "",
    });
    const shown = await ato("tag", "1", "--json", "--db", db);
    assertEquals(JSON.parse(shown.out).tags, ["best", "x\u001b[2J"]);
    const empty = await ato("tag", "1", "+", "--db", db);
    assertEquals(empty.code, 2);
  }));

test("ato note: a note is written, shown and removed", () =>
  inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    await makeRun(db);
    await ato("note", "latest", "two", "words", "--db", db);
    assertEquals(
      (await ato("note", "1", "--db", db)).out,
      "run 1: two words\n",
    );
    await ato("note", "1", "", "--db", db);
    assertEquals((await ato("note", "1", "--db", db)).out, "run 1: no note\n");
  }));

test("ato delete, ato restore, ato gc: deleted runs move to the trash, are restored, and are erased", () =>
  inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    for (let i = 0; i < 3; i++) await makeRun(db);
    assertEquals((await ato("delete", "1", "2", "--db", db)).code, 0);
    assertEquals((await ato("delete", "1", "--db", db)).code, 1);
    const listed = JSON.parse((await ato("runs", "--json", "--db", db)).out);
    assertEquals(listed.map((run: { id: number }) => run.id), [3]);
    assertStringIncludes((await ato("restore", "--db", db)).out, "  1");
    assertEquals((await ato("restore", "1", "--db", db)).code, 0);
    assertEquals(
      JSON.parse((await ato("gc", "--json", "--db", db)).out).erased,
      [],
    );
    const gone = await ato("gc", "--days", "0", "--json", "--db", db);
    assertEquals(JSON.parse(gone.out).erased, [2]);
    assertEquals((await ato("restore", "2", "--db", db)).code, 1);
    assertEquals((await ato("gc", "--days", "soon", "--db", db)).code, 2);
  }));

test("ato tag, ato delete: a word that names no run is an error in one sentence", () =>
  inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    await makeRun(db);
    for (const command of ["tag", "note", "delete", "restore"]) {
      const { code, err } = await ato(command, "77", "--db", db);
      assertEquals([code, err.split("\n").length], [1, 2]);
      assertStringIncludes(err, "Cannot find run 77");
    }
  }));
