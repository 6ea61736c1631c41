import { test } from "node:test";
import { readFileSync } from "node:fs";
import { assert, assertEquals } from "@std/assert";
import { withoutPython } from "../../tools/python_files.ts";
import { ROOT } from "../../tools/registry.ts";
import { testFiles } from "../../tools/test_files.ts";

test("withoutPython: leaves out tests that start Python, and no other", async () => {
  const all = await testFiles(["tests"]);
  const kept = new Set(withoutPython(all));
  const left = all.filter((path) => !kept.has(path));
  assertEquals(left.length, 8);
  for (const path of left) {
    const text = readFileSync(`${ROOT}${path}`, "utf8");
    assert(/_python\.ts|_pythons\.ts|_mlflow_server\.ts/.test(text), path);
  }
});
