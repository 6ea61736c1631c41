/** Tests of the commands that list factors: `ato diff`, `ato trace`, `ato compare`. */
import { test } from "node:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { ato, inFolder } from "./_lib.ts";

/** Three runs of a script: twice as it is, then edited. */
async function withRuns(work: (db: string) => Promise<void>): Promise<void> {
  await inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    const script = join(folder, "run.sh");
    for (const loss of [1, 1, 3]) {
      writeFileSync(script, `echo loss=${loss}\n`);
      const words = ["--db", db, "--project", "p", "--json"];
      const { code, err } = await ato("run", ...words, "--", "sh", script);
      assertEquals(code, 0, err);
    }
    await work(db);
  });
}

test("ato diff: code that differs is listed, and nothing else", async () => {
  await withRuns(async (db) => {
    const { code, out } = await ato("diff", "1", "3", "--json", "--db", db);
    const { values, factors } = JSON.parse(out);
    assertEquals([code, values], [1, []]);
    assertEquals(factors.map(({ id }: { id: string }) => id), ["code:run.sh#"]);
    const text = await ato("diff", "1", "3", "--db", db);
    assertMatch(text.out, /^code:run\.sh# +[0-9a-f]{8} +[0-9a-f]{8}$/m);
  });
});

test("ato diff: runs that recorded the same are the same", async () => {
  await withRuns(async (db) => {
    const { code, out } = await ato("diff", "1", "2", "--db", db);
    assertEquals([code, out], [0, "structure: same\nvalues: same\n"]);
  });
});

test("ato trace: the versions of a declaration are listed with the mean of a metric, though nothing is traced", async () => {
  await withRuns(async (db) => {
    const words = ["trace", "p", "code:run.sh#", "--metric", "loss"];
    const { code, out } = await ato(...words, "--json", "--db", db);
    assertEquals(code, 0);
    assertEquals(
      JSON.parse(out).map(({ runs, mean }: Record<string, unknown>) => [
        runs,
        mean,
      ]),
      [[[1, 2], 1], [[3], 3]],
    );
    const text = await ato(...words, "--db", db);
    assertMatch(text.out, /^[0-9a-f]{12} +2 +run 1 +run 2 +1$/m);
  });
});

test("ato trace: a factor that no run has is not found, and the nearest is named", async () => {
  await withRuns(async (db) => {
    const { code, out, err } = await ato(
      "trace",
      "p",
      "code:runs.sh#",
      "--db",
      db,
    );
    assertEquals([code, out], [1, ""]);
    assertStringIncludes(err, "did you mean code:run.sh#?");
    const metric = await ato(
      ...["trace", "p", "code:run.sh#", "--metric", "los", "--db", db],
    );
    assertEquals(metric.code, 1);
    assertStringIncludes(metric.err, "no run of p has such a metric");
  });
});

test("ato compare: a script that was edited is a row of the code", async () => {
  await withRuns(async (db) => {
    const { out } = await ato("compare", "1", "2", "3", "--json", "--db", db);
    const rows: { kind: string; name: string; values: unknown[] }[] =
      JSON.parse(out).rows;
    const code = rows.filter(({ kind }) => kind === "code");
    assertEquals(code.map(({ name }) => name), ["run.sh#"]);
    assertEquals(code[0]?.values[0], code[0]?.values[1]);
    assertEquals(new Set(code[0]?.values).size, 2);
  });
});

test("ato gc --sources: no text of a program stays in the file, and runs can still be compared", async () => {
  await withRuns(async (db) => {
    const has = () => readFileSync(db, "latin1").includes("loss=");
    const words = ["why", "1", "3", "--json", "--db", db];
    assertEquals(
      JSON.parse((await ato(...words)).out).suspects[0].id,
      "code:run.sh#",
    );
    const { code, out } = await ato("gc", "--sources", "--vacuum", "--db", db);
    assertEquals([code, out], [0, "erased 0 runs and all stored sources\n"]);
    assertEquals(has(), false);
    const [suspect] = JSON.parse((await ato(...words)).out).suspects;
    assertEquals([suspect.id, suspect.diff], ["code:run.sh#", undefined]);
  });
});
