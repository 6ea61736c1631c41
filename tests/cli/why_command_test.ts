/** Tests of which runs `ato why` compares, how its options judge, and what its exit code says. */
import { test } from "node:test";
import { createHash } from "node:crypto";
import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { exitCodeOf } from "../../cli/commands/why.ts";
import type { Outcome } from "../../why/mod.ts";
import { ato, inFolder, makeRun } from "./_lib.ts";

/** Runs a function with a file that has runs of one metric. */
function withRuns(
  runs: readonly (readonly [config: Record<string, unknown>, loss: number])[],
  work: (why: typeof ato, db: string) => Promise<void>,
): Promise<void> {
  return inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    for (const [config, loss] of runs) {
      await makeRun(db, { config, loss: [loss] });
    }
    await work((...words) => ato("why", ...words, "--db", db), db);
  });
}

test("ato why RUN: compares with the nearest run before it, and says which", async () => {
  await withRuns([
    [{ lr: 1, width: 8 }, 1],
    [{ lr: 2, width: 8 }, 2],
    [{ lr: 9, width: 9 }, 9],
    [{ lr: 2, width: 16 }, 3],
  ], async (why) => {
    const { out, err } = await why("4");
    assertEquals(err, "ato: run 2 is the nearest run before run 4\n");
    assertMatch(out, /^ato why 2 4 /);
    assertMatch(out, /^> config {3}width {3}8 -> 16$/m);
    // A later run is not before it, however near it is.
    assertMatch((await why("2")).err, /run 1 is the nearest run before run 2/);
    const { a, b } = JSON.parse((await why("4", "--json")).out);
    assertEquals([a, b], [2, 4]);
    const first = await why("1");
    assertEquals([first.code, first.out], [1, ""]);
    assertMatch(first.err, /run 1: its project has no completed run before it/);
  });
});

test("ato why --last: compares the last two runs of a project", async () => {
  await withRuns(
    [[{ lr: 1 }, 1], [{ lr: 2 }, 2], [{ lr: 3 }, 3]],
    async (why, db) => {
      const { code, out, err } = await why("--last");
      assertEquals([code, err], [1, ""]);
      assertMatch(out, /^ato why 2 3 /);
      assertMatch(out, /^> config {3}lr {3}2 -> 3$/m);
      assertEquals((await why("--last", "demo")).out, out);
      await makeRun(db, { project: "other" });
      const unclear = await why("--last");
      assertStringIncludes(unclear.err, "there are demo, other; name one");
      const few = await why("--last", "other");
      assertEquals([few.code, few.out], [1, ""]);
      assertStringIncludes(few.err, "other has fewer than two runs");
    },
  );
});

/** Each outcome, and its exit code. */
const CODES: Readonly<Record<Outcome, 0 | 1 | 2>> = {
  "identical": 0,
  "within-noise": 0,
  "stopped-early": 1,
  "explained": 1,
  "unexplained": 1,
  "unknown": 2,
};

test("exitCodeOf: 0 for the same result, 1 for another one, 2 if the record cannot decide", () => {
  for (const [outcome, code] of Object.entries(CODES)) {
    assertEquals(exitCodeOf(outcome as Outcome), code, outcome);
  }
});

test("ato why: the exit code says what the comparison came to", async () => {
  await withRuns([
    [{ lr: 1 }, 1],
    [{ lr: 1 }, 1],
    [{ lr: 2 }, 5],
    [{ lr: 1 }, 1.5],
  ], async (why, db) => {
    const failed = await makeRun(db, {
      config: { lr: 1 },
      loss: [1],
      more: (logger) => logger.finish({ error: new RangeError("went away") }),
    });
    const empty = await makeRun(db, { config: { lr: 1 }, loss: [] });
    const cases: [a: number, b: number, outcome: Outcome][] = [
      [1, 2, "identical"],
      [1, 3, "explained"],
      [1, 4, "unexplained"],
      [1, failed, "stopped-early"],
      [1, empty, "unknown"],
    ];
    for (const [a, b, outcome] of cases) {
      const { code, out } = await why(String(a), String(b), "--json");
      assertEquals([JSON.parse(out).outcome, code], [outcome, CODES[outcome]]);
      const text = await why(String(a), String(b));
      assertEquals(text.code, CODES[outcome]);
      // Nothing reads as "the same" that is not, and inputs are never known.
      assertEquals(
        /results are identical/.test(text.out),
        outcome === "identical",
      );
      assertMatch(text.out, /^recorded config all, .*inputs none/m);
      assertMatch(text.out, /^ {2}inputs {3}not recorded$/m);
      assert(!/same inputs/i.test(text.out), text.out);
    }
    const { out } = await why("1", String(failed));
    assertMatch(out, /^VERDICT .*RangeError: went away/m);
  });
});

test("ato why --tolerance, --atol: values that are near enough are equal", async () => {
  await withRuns([[{ lr: 1 }, 100], [{ lr: 2 }, 101]], async (why) => {
    const code = async (...words: string[]) =>
      (await why("1", "2", ...words)).code;
    assertEquals(await code(), 1);
    assertEquals(await code("--tolerance", "0.02"), 0);
    assertEquals(await code("--tolerance", "0.001"), 1);
    assertEquals(await code("--atol", "1"), 0);
    assertEquals(await code("--atol", "0.5"), 1);

    const metrics = async (...words: string[]) =>
      /^ {2}metrics +(.*)$/m.exec((await why("1", "2", ...words)).out)?.[1];
    assertEquals(await metrics("--atol", "0.5"), "loss diverges at step 0");
    assertEquals(await metrics("--atol", "1"), "=");
  });
});

test("ato why --at best: the best value is compared, not the last one", async () => {
  await inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    for (const [lr, loss] of [[1, [5, 1, 4]], [2, [3, 1, 2]]] as const) {
      await makeRun(db, { config: { lr }, loss });
    }
    const metric = async (...words: string[]) => {
      const { out } = await ato(
        ...["why", "1", "2", "--metric", "loss", "--json", "--db", db],
        ...words,
      );
      const { metric } = JSON.parse(out);
      return [metric.a, metric.b];
    };
    assertEquals(await metric(), [4, 2]);
    assertEquals(await metric("--at", "best", "--mode", "min"), [1, 1]);
    assertEquals(await metric("--at", "best"), [5, 3]);
  });
});

test("ato why --alpha: fewer false alarms want more evidence", async () => {
  await withRuns([
    ...[1, 1.02, 0.99, 1.01].map((loss) => [{ lr: 1 }, loss] as const),
    [{ lr: 2 }, 1.06],
  ], async (why) => {
    const isBeyond = async (alpha: string) => {
      const { out } = await why("1", "5", "--alpha", alpha, "--json");
      return JSON.parse(out).metric.test.isBeyondNoise;
    };
    assertEquals(await isBeyond("0.2"), true);
    assertEquals(await isBeyond("0.0001"), false);
  });
});

test("ato why: a file of an earlier version is explained as far as it was recorded, and not changed", async () => {
  await inFolder(async (folder) => {
    const db = join(folder, "iris.db");
    const golden = new URL("golden/iris.db", import.meta.url);
    copyFileSync(fileURLToPath(golden), db);
    const digest = () =>
      createHash("sha256").update(readFileSync(db)).digest("hex");
    const before = digest();
    const first = async (...words: string[]) =>
      JSON.parse((await ato("why", ...words, "--json", "--db", db)).out)
        .suspects[0]?.id;
    assertEquals(await first("1", "2"), "config:lr");
    assertEquals(await first("1", "3"), "code:iris/network.ts#stepLayer");
    assertEquals(await first("6", "7"), undefined);
    const { out } = await ato("why", "1", "5", "--db", db);
    assertMatch(out, /^ {2}code {5}= as far as recorded$/m);
    assertMatch(out, /^UNKNOWN {2}code: only traced functions were recorded$/m);
    assert(
      !/same code|code is the same/i.test(out.replace(
        "the code that was recorded is the same",
        "",
      )),
    );
    assertEquals(digest(), before);
  });
});

test("ato why: each stored version of the file is read, and nothing of it is taken for equal that was not recorded", async () => {
  for (const version of [1, 2, 3, 4]) {
    await inFolder(async (folder) => {
      const db = join(folder, "runs.db");
      const stored = `../tracker/schema_${version}.db`;
      copyFileSync(fileURLToPath(new URL(stored, import.meta.url)), db);
      const runs = JSON.parse((await ato("runs", "--json", "--db", db)).out);
      const ids = runs.map(({ id }: { id: number }) => String(id));
      const words = ["why", ids.at(-1)!, ids[0]!, "--db", db];
      const { code, out, err } = await ato(...words);
      assert(code <= 2 && !err.includes("fault of ato"), stored + out + err);
      assertMatch(out, /^VERDICT {2}\S/m);
      assertMatch(out, /^recorded .*inputs none/m);
      assert(!/\bsame code\b/i.test(out), out);
    });
  }
});
