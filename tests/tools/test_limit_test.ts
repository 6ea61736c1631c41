import { test } from "node:test";
import { spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { assertEquals, assertNotEquals } from "@std/assert";
import { IS_DENO, ROOT } from "../_shared/run_script.ts";
import { withTempFolder } from "../_shared/temp_folder.ts";

const LIMIT = new URL("../../tools/test_limit.mjs", import.meta.url).href;

/** Runs a test file with a limit in seconds, as the suites do. */
function runLimited(file: string, limit: number) {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const words = IS_DENO
    ? ["test", "--no-config", "-A", "--no-check", "--preload", LIMIT, file]
    : ["--no-warnings", "--import", LIMIT, "--test", file];
  return spawnSync(process.execPath, words, {
    encoding: "utf8",
    cwd: ROOT,
    env: { ...env, NO_COLOR: "1", ATO_TEST_LIMIT: String(limit) },
  });
}

const files = (
  text: string,
  work: (file: string) => Promise<void> | void,
) =>
  withTempFolder(async (folder) => {
    const file = join(folder, "waits_test.ts");
    await writeFile(file, `import { test } from "node:test";\n${text}`);
    await work(file);
  }, "test-limit");

test("test_limit: a test that never ends fails its file, by name", () =>
  files(
    `test("waits", () => new Promise(() => setInterval(() => {}, 1000)));`,
    (file) => {
      const { status, stdout, stderr } = runLimited(file, 1);
      assertNotEquals(status, 0);
      const output = stdout + stderr;
      assertEquals(
        output.includes("has not ended after 1 s"),
        true,
        output,
      );
      assertEquals(output.includes(file), true, output);
    },
  ));

test("test_limit: a test file that ends before is not held up by it", () =>
  files(`test("ends", () => {});`, (file) => {
    // A busy machine can need long to load it; if it were held up, it would fail at the end of that time.
    const { status, stdout, stderr } = runLimited(file, 120);
    assertEquals(status, 0, stdout + stderr);
    assertEquals(stdout.includes("has not ended"), false);
  }));
