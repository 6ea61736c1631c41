/** Tests of scripts that observe themselves. */
import { test } from "node:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { SQLFinder } from "../../tracker/mod.ts";
import { IS_DENO, runScript } from "../_shared/run_script.ts";
import { withTempFolder } from "../_shared/temp_folder.ts";

const module = (path: string) =>
  JSON.stringify(new URL(`../../${path}`, import.meta.url).href);

test("observeProcess: what is read from there on becomes an input, and the coverage says what was not seen", async () => {
  await withTempFolder(async (folder) => {
    const db = join(folder, "runs.db");
    for (const name of ["before", "after", "later"]) {
      writeFileSync(join(folder, `${name}.txt`), "1");
    }
    writeFileSync(join(folder, "package.json"), '{"type":"module"}');
    const script = join(folder, "train.ts");
    writeFileSync(
      script,
      `import fs from "node:fs";
import process from "node:process";
import { observeProcess } from ${module("observe/process.ts")};
import { SQLLogger } from ${module("tracker/mod.ts")};
const read = (name: string) => fs.readFileSync(new URL(name, import.meta.url), "utf8");
read("before.txt");
console.log(observeProcess(), observeProcess());
read("after.txt");
const logger = new SQLLogger({ experiment: { projectName: "p", sql: { dbPath: ${
        JSON.stringify(db)
      } } } });
await logger.run();
process.env.SCALE;
fs.writeFileSync(new URL("out.txt", import.meta.url), read("after.txt"));
read("out.txt");
await logger.finish();
read("later.txt");
`,
    );
    const { status, stdout, stderr } = runScript(script, [], {
      env: { SCALE: "2" },
    });
    assertEquals([status, stdout, stderr], [0, "true true\n", ""]);
    const finder = new SQLFinder(db);
    const found = await finder.inputsOf(1);
    await finder.close();
    assertEquals(found?.inputs.map(({ name }) => name).sort(), [
      "SCALE",
      "after.txt",
    ]);
    assertEquals(found?.coverage.level, "partial");
    assertEquals(found?.coverage.missing.length, IS_DENO ? 2 : 1);
    assertStringIncludes(
      found?.coverage.missing[0] ?? "",
      "what was read before train.ts:7 was not observed",
    );
  }, "observe");
});
