import { test } from "node:test";
import { readFileSync } from "node:fs";
import { assert, assertEquals } from "@std/assert";
import { withoutOtherPrograms } from "../../tools/other_programs.ts";
import { ROOT } from "../../tools/registry.ts";
import { testFiles } from "../../tools/test_files.ts";

test("withoutOtherPrograms: leaves out tests that start other programs, and no other", async () => {
  const all = await testFiles(["tests"]);
  const kept = new Set(withoutOtherPrograms(all));
  const left = all.filter((path) => !kept.has(path));
  assertEquals(left.length, 18);
  for (const path of left) {
    const text = readFileSync(`${ROOT}${path}`, "utf8");
    assert(
      /_python\.ts|_pythons\.ts|_server\.ts|_engines\.ts|_processes\.ts/.test(
        text,
      ),
      path,
    );
  }
});
