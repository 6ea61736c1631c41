/** Tests of the commands that read a file: show, projects, best, similar, diff, trace. */
import { after, test } from "node:test";
import { copyFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { Scope } from "@ato/ato/scope";
import { SQLLogger } from "@ato/ato/tracker";
import { main } from "../../cli/main.ts";
import { Terminal } from "../../cli/terminal.ts";
import { makeTempFolder } from "../_shared/temp_folder.ts";
import { STEPS } from "./_steps.ts";

type Answer = { code: number; out: string; err: string };
type Ato = (...args: string[]) => Promise<Answer>;

async function ato(
  db: string,
  args: string[],
  width?: number,
): Promise<Answer> {
  let out = "";
  let err = "";
  const terminal = new Terminal({
    write: (text) => void (out += text),
    warn: (text) => void (err += text),
    ...(width && { width }),
  });
  return { code: await main([...args, "--db", db], terminal), out, err };
}

/** The module of the steps, which is read with each fingerprint; this one reaches the whole library. */
const module = new URL("./_steps.ts", import.meta.url).href;

/**
 * Writes three runs: two that differ in one value, and one with other code, another key and a divergence. The
 * file is written once, and each test gets a copy.
 */
async function writeRuns(folder: string): Promise<string> {
  const db = join(folder, "runs.db");
  for (
    const [i, words] of [["lr=0.1"], ["lr=0.2"], ["lr=0.1", "extra=1"]]
      .entries()
  ) {
    const scope = new Scope();
    scope.observe({ default: true })(function base(config) {
      config.lr = 1;
      config.model = { name: "\u001b[31mred" };
      config.experiment = { projectName: "p", sql: { dbPath: db } };
    });
    scope.trace({ id: "step", module })(STEPS[i === 2 ? 1 : 0]!);
    const logger = new SQLLogger(scope.apply(words));
    await logger.run({ name: `run\u0007 ${i}`, tags: ["t"], seed: 5 });
    logger.logMetric("loss", 1, 0);
    logger.logMetric("loss", i === 2 ? NaN : 0.5 - i * 0.1, 1);
    logger.logArtifact(join(folder, "model.bin"), { type: "model" });
    await logger.finish();
  }
  return db;
}

const shared = makeTempFolder("cli");
after(() => rmSync(shared, { recursive: true, force: true }));
let written: Promise<string> | undefined;

/** Calls a test with a copy of the file with the three runs. */
async function withRuns(
  fn: (ask: Ato, db: string) => Promise<void>,
): Promise<void> {
  const source = await (written ??= writeRuns(shared));
  const folder = makeTempFolder("cli");
  try {
    const db = join(folder, "runs.db");
    copyFileSync(source, db);
    await fn((...args) => ato(db, args), db);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test("ato show: shows who set what, the metrics, artifacts and fingerprints", async () => {
  await withRuns(async (ask, db) => {
    const { code, out } = await ask("show", "1");
    assertEquals(code, 0);
    assertMatch(out, /^run 1 {2}completed {2}run\\u0007 0$/m);
    assertMatch(
      out,
      /^ {2}lr +0\.1 +command line: lr=0\.1 {2}<- {2}1 \(base, inspect_test\.ts:\d+\)$/m,
    );
    assertMatch(out, /^ {2}loss +0\.5 +0\.5 +1 +2 {2}/m);
    assertStringIncludes(out, "model.bin");
    assertMatch(out, /^ {2}step +[0-9a-f]{12} +[0-9a-f]{12}/m);
    assertEquals(
      out.includes("\u001b"),
      false,
      "nothing of a run reaches the terminal raw",
    );
    const json = JSON.parse((await ask("show", "latest", "--json")).out);
    assertEquals(json.id, 3);
    assertStringIncludes((await ask("show", "3")).out, "diverged at step 1");
    const narrow = await ato(db, ["show", "1"], 60);
    assertEquals(narrow.code, 0);
    assertEquals((await ask("show", "99")).code, 1);
    assertEquals((await ask("show")).code, 2);
  });
});

test("ato projects: lists the projects", async () => {
  await withRuns(async (ask) => {
    assertMatch((await ask("projects")).out, /^p +3 /m);
    assertEquals(
      JSON.parse((await ask("projects", "--json")).out)[0].name,
      "p",
    );
  });
});

test("ato best: finds the run in both modes, and says if there is none", async () => {
  await withRuns(async (ask) => {
    assertMatch(
      (await ask("best", "--metric", "loss", "--mode", "min")).out,
      /^run 2 .*loss 0\.4$/m,
    );
    const { out } = await ask("best", "p", "--metric", "loss", "--json");
    assertEquals(JSON.parse(out).value, 1);
    const none = await ask("best", "--metric", "acc");
    assertEquals([none.code, none.out], [1, ""]);
    for (
      const args of [["best"], ["best", "--metric", "loss", "--mode", "mid"]]
    ) {
      assertEquals((await ask(...args)).code, 2);
    }
    assertEquals((await ask("best", "x", "--metric", "loss")).code, 1);
  });
});

test("ato similar: compares the structure, or the code of a trace", async () => {
  await withRuns(async (ask) => {
    assertEquals(
      JSON.parse((await ask("similar", "1", "--json")).out).map((
        r: { id: number },
      ) => r.id),
      [2],
    );
    assertEquals((await ask("similar", "3")).code, 1);
    const traced = await ask("similar", "1", "--trace", "step", "--json");
    assertEquals(JSON.parse(traced.out).map((r: { id: number }) => r.id), [2]);
  });
});

test("ato diff: compares configs, with what set each value", async () => {
  await withRuns(async (ask) => {
    const { code, out } = await ask("diff", "1", "2");
    assertEquals(code, 1);
    assertMatch(out, /^structure: same$/m);
    assertMatch(
      out,
      /^lr +0\.1 +0\.2 +command line: lr=0\.1 -> command line: lr=0\.2$/m,
    );
    const other = await ask("diff", "1", "3");
    assertMatch(other.out, /^structure: different$/m);
    assertMatch(other.out, /^extra +absent +1 /m);
    assertEquals((await ask("diff", "1", "1")).code, 0);
  });
});

test("ato trace: lists versions, and the mean of a metric for each", async () => {
  await withRuns(async (ask) => {
    const { code, out } = await ask("trace", "p", "step", "--metric", "loss");
    assertEquals(code, 0);
    const versions = out.split("\n").filter((line) =>
      line.startsWith("static")
    );
    assertEquals(versions.length, 2);
    assert(versions.some((line) => / 2 .* 0\.45$/.test(line)), out);
    const words = ["trace", "p", "step", "--metric", "loss", "--json"];
    const means = JSON.parse((await ask(...words)).out)
      .map(({ mean }: { mean: unknown }) => mean);
    assert(means.includes(0.45), String(means));
    assertEquals((await ask("trace", "p", "none")).code, 1);
    assertEquals((await ask("trace", "p")).code, 2);
  });
});

test("ato show: a run can be given by its name, and the nearest name is suggested for a slip", async () => {
  await withRuns(async (ask, db) => {
    const logger = new SQLLogger({
      experiment: { projectName: "p", sql: { dbPath: db } },
    });
    await logger.run({ name: "baseline" });
    await logger.finish();
    assertMatch((await ask("show", "baseline")).out, /^run 4 /);
    const slip = await ask("show", "baselin");
    assertEquals([slip.code, slip.out], [1, ""]);
    assertStringIncludes(slip.err, "did you mean baseline?");
    await logger.run({ name: "baseline" });
    await logger.finish();
    assertStringIncludes((await ask("show", "baseline")).err, "4, 5");
    assertStringIncludes(
      (await ask("runs", "pp")).err,
      "did you mean p?",
    );
  });
});
