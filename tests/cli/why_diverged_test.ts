import { test } from "node:test";
import { join } from "node:path";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { Scope } from "../../scope/mod.ts";
import { SQLLogger } from "../../tracker/mod.ts";
import { ato, inFolder } from "./_lib.ts";

async function runWith(
  dbPath: string,
  output: number,
  withMetric: boolean,
): Promise<void> {
  const scope = new Scope({ argv: [] });
  scope.observe("defaults", {
    experiment: { projectName: "demo", sql: { dbPath } },
  }, { default: true });
  const evaluate = scope.runtimeTrace({ id: "evaluate" })(() => output);
  await scope.main(async (config) => {
    const logger = new SQLLogger(config);
    await logger.run();
    const output = evaluate();
    if (withMetric) logger.logMetric("score", output, 0);
    await logger.finish();
  })();
}

for (const [a, b] of [[1, NaN], [NaN, 1], [1, Infinity]]) {
  test(`ato why: says that ${a} and ${b} differ, without a percentage`, async () => {
    await inFolder(async (folder) => {
      const db = join(folder, "runs.db");
      await runWith(db, a!, true);
      await runWith(db, b!, true);
      const { code, out } = await ato("why", "1", "2", "--db", db);
      assertEquals(code, 1, out);
      assertMatch(out, /evaluate differs from call 1$/m);
      assertMatch(out, /^VERDICT {2}No recorded factor differs, yet /m);
      assertMatch(out, /not finite/);
    });
  });
}

test("ato why: two results that are not finite differ in how they are not", async () => {
  await inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    await runWith(db, -Infinity, true);
    await runWith(db, NaN, true);
    const { code, out } = await ato("why", "1", "2", "--db", db);
    assertEquals(code, 1, out);
    assertMatch(out, /evaluate differs from call 1$/m);
    assertMatch(out, /score from step 0 \(-Infinity -> NaN\)/);
    assert(!out.includes("identical"), out);
  });
});

test("ato why: outputs that differ decide nothing without a metric, and are shown", async () => {
  await inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    await runWith(db, 1, false);
    await runWith(db, NaN, false);
    const { code, out } = await ato("why", "1", "2", "--db", db);
    assertEquals(code, 2, out);
    assertMatch(out, /evaluate differs from call 1$/m);
  });
});
