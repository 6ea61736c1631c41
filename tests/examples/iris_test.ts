/**
 * The example on real data, as a user runs it: repeatable to the last bit, and a change in a helper
 * is seen and named.
 */
import { test } from "node:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertStringIncludes,
} from "@std/assert";
import { type Run, SQLFinder } from "@ato/ato/tracker";
import { train, trained, withExamples } from "./_examples.ts";

function fingerprints(
  run: Run | undefined,
  type: "static" | "runtime",
): Record<string, string> {
  const rows = run?.fingerprints.filter((row) => row.type === type) ?? [];
  return Object.fromEntries(rows.map((row) => [row.traceId, row.hash]));
}

function uses(run: Run | undefined): Record<string, string> {
  const row = run?.fingerprints.find((row) => row.traceId === "trainStep");
  return { ...row?.uses };
}

test("the iris example: repeatable; a changed helper is named; the data decides", async () => {
  await withExamples(async (folder) => {
    trained(folder);
    trained(folder);
    const helper = join(folder, "iris", "activations.ts");
    const text = readFileSync(helper, "utf8");
    assertStringIncludes(text, "x > 0 ? x : 0");
    writeFileSync(helper, text.replace("x > 0 ? x : 0", "x >= 0 ? x : 0"));
    trained(folder);
    writeFileSync(helper, text);
    trained(folder, "seed=8");

    const finder = new SQLFinder(join(folder, "iris.db"));
    const [first, second, changed, seeded] = await finder.getRunsInProject(
      "iris",
    );
    assertEquals(
      fingerprints(second, "runtime"),
      fingerprints(first, "runtime"),
    );
    assertEquals(fingerprints(second, "static"), fingerprints(first, "static"));
    assertEquals(Object.keys(fingerprints(first, "runtime")), ["evaluate"]);

    const before = uses(first);
    const after = uses(changed);
    const differing = Object.keys(before).filter((name) =>
      before[name] !== after[name]
    );
    assertEquals(Object.keys(before).sort(), ["learn", "relu", "softmax"]);
    assertEquals(differing, ["relu"]);

    assertNotEquals(
      fingerprints(seeded, "runtime"),
      fingerprints(first, "runtime"),
    );
    assertEquals(fingerprints(seeded, "static"), fingerprints(first, "static"));
    assertEquals(seeded?.structuralHash, first?.structuralHash);
    await finder.close();
  });
});

test("the iris example: what the README shows", async () => {
  await withExamples((folder) => {
    const words = [
      "lr=0.05",
      "model.hidden=[16,8]",
      "name=%first try%",
      "wide",
    ];
    assertMatch(
      trained(folder, ...words),
      /^run 1 \(first try\) is in sqlite:\/\/\/iris\.db$/m,
    );

    const manual = train(folder, "manual");
    assertEquals(manual.status, 0, manual.stderr);
    assertStringIncludes(
      manual.stdout,
      "defaults → wide → wideAndSlow → (CLI Inputs) → shape",
    );
    const line = readFileSync(join(folder, "train_iris.ts"), "utf8").split("\n")
      .findIndex((text) => text.includes("config.lr = 0.02")) + 1;
    assertStringIncludes(manual.stdout, `train_iris.ts:${line}`);

    const print = train(folder, "print", "lr=0.05");
    assertEquals(print.status, 0, print.stderr);
    assertMatch(print.stdout, /^lr: 0\.05$/m);

    for (const word of ["wdie", "lr=[1,", "=5"]) {
      const child = train(folder, word);
      assertEquals(child.status, 2, word);
      assert(!child.stderr.includes("    at "), child.stderr);
    }
  });
});
