import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import { withoutBrowser } from "../../tools/browser_files.ts";
import { quickFiles } from "../../tools/quick_files.ts";
import { testFiles } from "../../tools/test_files.ts";

test("withoutBrowser: leaves out the tests of the page, and keeps those of the server", async () => {
  const all = await testFiles(["tests"]);
  const kept = await withoutBrowser(all);
  const left = all.filter((path) => !kept.includes(path));
  assert(left.includes("tests/dashboard/page_test.ts"), left.join());
  assert(left.includes("tests/dashboard/axe_test.ts"), left.join());
  for (const path of left) assert(path.startsWith("tests/dashboard/"), path);
  for (const server of ["api", "search", "security", "live"]) {
    assert(kept.includes(`tests/dashboard/${server}_test.ts`), server);
  }
  assertEquals(kept, all.filter((path) => kept.includes(path)));
});

test("quickFiles: a browser is a process, too", async () => {
  const quick = await quickFiles();
  assert(!quick.includes("tests/dashboard/page_test.ts"));
  assert(quick.includes("tests/dashboard/api_test.ts"));
});
