import { test } from "node:test";
import { join } from "node:path";
import { assertEquals, assertMatch } from "@std/assert";
import { Scope } from "../../scope/mod.ts";
import { SQLLogger } from "../../tracker/mod.ts";
import { ato, inFolder } from "./_lib.ts";

async function runWith(dbPath: string, output: number): Promise<void> {
  const scope = new Scope({ argv: [] });
  scope.observe("defaults", {
    experiment: { projectName: "demo", sql: { dbPath } },
  }, { default: true });
  const evaluate = scope.runtimeTrace({ id: "evaluate" })(() => output);
  await scope.main(async (config) => {
    const logger = new SQLLogger(config);
    await logger.run();
    evaluate();
    await logger.finish();
  })();
}

for (const [a, b] of [[1, NaN], [NaN, 1], [1, Infinity], [-Infinity, NaN]]) {
  test(`ato why: says that ${a} and ${b} differ, without a percentage`, async () => {
    await inFolder(async (folder) => {
      const db = join(folder, "runs.db");
      await runWith(db, a!);
      await runWith(db, b!);
      const { code, out } = await ato("why", "1", "2", "--db", db);
      assertEquals(code, 1);
      assertMatch(out, /evaluate differs from call 1$/m);
    });
  });
}
