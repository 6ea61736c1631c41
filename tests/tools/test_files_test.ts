import { test } from "node:test";
import { assertEquals, assertRejects } from "@std/assert";
import { SLOWEST, testFiles } from "../../tools/test_files.ts";

test("testFiles: lists every test of a folder, and a file that is named", async () => {
  assertEquals(await testFiles(["tests/tools/tally_test.ts"]), [
    "tests/tools/tally_test.ts",
  ]);
  const files = await testFiles(["tests/tools/", "tests/tools/tally_test.ts"]);
  assertEquals(files.includes("tests/tools/test_files_test.ts"), true);
  assertEquals(files.length, new Set(files).size);
  assertEquals(files, files.toSorted());
});

test("testFiles: the slowest files come first, and they exist", async () => {
  const files = await testFiles(["tests"]);
  assertEquals(files.slice(0, SLOWEST.length), SLOWEST);
});

test("testFiles: a path that does not exist is an error", async () => {
  await assertRejects(() => testFiles(["tests/tols"]), Error, "tests/tols");
});
