/** Tests of `ato plot` and `ato compare`. */
import { test } from "node:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { ato, inFolder, makeRun } from "./_lib.ts";

test("ato plot: each curve is drawn where its values are", async () => {
  await inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    await makeRun(db, { loss: Array.from({ length: 50 }, (_, i) => i) });
    await makeRun(db, { loss: Array.from({ length: 50 }, (_, i) => 49 - i) });
    const { code, out } = await ato(
      "plot",
      "1",
      "2",
      "--metric",
      "loss",
      "--db",
      db,
    );
    assertEquals(code, 0);
    const rows = out.split("\n").filter((line) => /[│┤]/.test(line))
      .map((line) => line.split(/[│┤]/)[1]!);
    // Run 1 rises, so it ends at the top right; run 2 falls from the top left.
    assertEquals([rows[0]!.trim().at(0), rows[0]!.trimEnd().at(-1)], [
      "b",
      "a",
    ]);
    assertEquals([rows.at(-1)!.trim().at(0), rows.at(-1)!.trimEnd().at(-1)], [
      "a",
      "b",
    ]);
    assertStringIncludes(out, "step 49");
    assertStringIncludes(out, "a run 1");
  });
});

test("ato plot: one spike among many points is visible", async () => {
  await inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    const loss = Array.from({ length: 20_000 }, (_, i) => i === 12_345 ? 1 : 0);
    await makeRun(db, { loss });
    const { out } = await ato("plot", "1", "--metric", "loss", "--db", db);
    const top = out.split("\n").find((line) => /[│┤]/.test(line))!;
    assertMatch(top, /[\u2801-\u28ff]/);
  });
});

test("ato plot: values that are not finite leave a gap, and a plot of nothing says so", async () => {
  await inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    await makeRun(db, { loss: [1, NaN, Infinity, 2] });
    await makeRun(db, { loss: [NaN, NaN] });
    await makeRun(db, { loss: [5] });
    await makeRun(db, { loss: [-1e308, 1e308, 1e-320] });
    await makeRun(db, { loss: [-1, 0, 3] });
    for (const id of ["1", "3", "4"]) {
      assertEquals(
        (await ato("plot", id, "--metric", "loss", "--db", db)).code,
        0,
      );
    }
    const none = await ato("plot", "2", "--metric", "loss", "--db", db);
    assertStringIncludes(none.out, "no finite value");
    const log = await ato("plot", "5", "--metric", "loss", "--log", "--db", db);
    assertEquals(log.code, 0);
  });
});

test("ato plot: an SVG is well formed, whatever the name of the run", async () => {
  await inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    const svg = join(folder, "loss.svg");
    await makeRun(db, { loss: [3, NaN, 2, 1] });
    await ato("note", "1", "x", "--db", db);
    const more = (
      logger: { logMetric(k: string, v: number, s: number): void },
    ) => logger.logMetric('a<b>&"c"', 1, 0);
    await makeRun(db, { more });
    const { code } = await ato(
      "plot",
      "1",
      "2",
      "--metric",
      "loss",
      "--svg",
      svg,
      "--db",
      db,
    );
    assertEquals(code, 0);
    const text = readFileSync(svg, "utf8");
    assertEquals(text.match(/<polyline/g)?.length, 2, "a gap where NaN was");
    assertEquals(text.match(/<circle/g)?.length, 1, "a single point is a dot");
    await ato("plot", "2", "--metric", 'a<b>&"c"', "--svg", svg, "--db", db);
    const hostile = readFileSync(svg, "utf8");
    assertStringIncludes(hostile, "a&lt;b&gt;&amp;&quot;c&quot;");
    assert(!hostile.includes("a<b>"));
    const fails = await ato(
      "plot",
      "1",
      "--metric",
      "loss",
      "--svg",
      join(folder, "no", "x.svg"),
      "--db",
      db,
    );
    assertEquals(fails.code, 2);
    assertEquals(existsSync(join(folder, "no")), false);
  });
});

test("ato plot, ato compare: say what is missing", async () => {
  await inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    await makeRun(db);
    const cases: [string[], string, 1 | 2][] = [
      [["plot"], "name runs and a metric", 2],
      [["plot", "1"], "name runs and a metric", 2],
      [["plot", "1", "--metric", "lss"], "there is loss", 1],
      [["plot", "9", "--metric", "loss"], "Cannot find run 9", 1],
      [["compare", "1"], "two runs or more", 2],
      [["compare", "1", "9"], "Cannot find run 9", 1],
      [["compare", "1", "1", "--metric", "x"], "there is loss", 1],
    ];
    for (const [words, mention, expected] of cases) {
      const { code, err } = await ato(...words, "--db", db);
      assertEquals(code, expected, words.join(" "));
      assertStringIncludes(err, mention);
    }
  });
});

test("ato compare: shows what differs, and its exit code says whether anything does", async () => {
  await inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    await makeRun(db, { config: { lr: 0.1, depth: 3 } });
    await makeRun(db, { config: { lr: 0.2, depth: 3 }, loss: [4, 5] });
    await makeRun(db, { config: { lr: 0.1, depth: 3 } });
    const { code, out } = await ato("compare", "1", "2", "--db", db);
    assertEquals(code, 1);
    assertMatch(out, /^config {2}lr +0\.1 +0\.2$/m);
    assertMatch(out, /^metric {2}loss +1 +5$/m);
    assertEquals(out.includes("depth"), false);
    const all = await ato("compare", "1", "3", "--all", "--db", db);
    assertEquals(all.code, 0);
    assertStringIncludes(all.out, "depth");
    const json = JSON.parse(
      (await ato("compare", "1", "2", "--json", "--db", db)).out,
    );
    assertEquals(json.runs, [1, 2]);
  });
});
