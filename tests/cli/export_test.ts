import { assertEquals, assertStringIncludes } from "@std/assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ato, inFolder, makeRun } from "./_lib.ts";

async function twoRuns(db: string): Promise<void> {
  await makeRun(db, { config: { lr: 0.5, model: { depth: 3 } }, tags: ["a"] });
  await makeRun(db, {
    config: { lr: 0.25, note: 'say "hi",\nplease' },
    loss: [1, NaN, -0, Infinity],
  });
}

test("JSON holds all that is known of a run", () =>
  inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    await twoRuns(db);
    const { code, out } = await ato("export", "2", "--format=json", "--db", db);
    const { runs } = JSON.parse(out);
    assertEquals([code, runs.length, runs[0].id], [0, 1, 2]);
    assertEquals(runs[0].project, "demo");
    assertEquals(runs[0].metrics.loss.steps, [0, 1, 2, 3]);
    assertEquals(runs[0].metrics.loss.values, [1, "NaN", 0, "Infinity"]);
    const all = await ato("export", "demo", "--format=json", "--db", db);
    assertEquals(JSON.parse(all.out).runs.length, 2);
  }));

test("CSV has a row for each point, or for each run", () =>
  inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    const file = join(folder, "out.csv");
    await twoRuns(db);
    const { code } = await ato(
      ...["export", "demo", "--format=csv", "--out", file, "--db", db],
    );
    const lines = readFileSync(file, "utf8").trimEnd().split("\n");
    assertEquals([code, lines.length], [0, 8]);
    assertEquals(lines[0], "run,uuid,project,name,metric,step,value,time");
    assertEquals(
      lines.slice(4).map((line) => line.split(",")[6]),
      ["1", "NaN", "-0", "Infinity"],
    );
    const runs = await ato(
      ...["export", "demo", "--format=csv", "--table=runs", "--db", db],
    );
    assertStringIncludes(runs.out, '"say ""hi"",\nplease"');
    assertStringIncludes(runs.out.split("\n")[0]!, "config.model.depth");
  }));

test("what cannot be exported is said in one sentence", () =>
  inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    await makeRun(db);
    for (
      const args of [
        ["1"],
        ["1", "--format=toString"],
        ["nothing", "--format=json"],
        ["1", "--format=csv", "--table=x"],
        ["--format=csv"],
      ]
    ) {
      const { code, err } = await ato("export", ...args, "--db", db);
      assertEquals([code, err.split("\n").length], [2, 2], args.join(" "));
    }
  }));
