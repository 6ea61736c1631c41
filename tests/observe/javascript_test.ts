import { test } from "node:test";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { assertEquals } from "@std/assert";
import { withTempFolder } from "../_shared/temp_folder.ts";
import { observe, scriptCommand, seenOf, writeFiles } from "./_javascript.ts";
import { OWN_CALLS } from "./_javascript_calls.mjs";

const CALLS = fileURLToPath(new URL("_javascript_calls.mjs", import.meta.url));

test("observer.cjs: sees what each call does to its file, and no more", () =>
  withTempFolder((folder) => {
    const cwd = join(folder, "work");
    mkdirSync(cwd);
    for (const i of OWN_CALLS.keys()) {
      writeFiles(cwd, { [`${i}.txt`]: "", [`${i}.dir/inner.txt`]: "inner" });
    }
    const { lines, stdout, stderr, status } = observe(
      scriptCommand(CALLS, "all"),
      { cwd },
    );
    assertEquals([status, stdout], [0, ""], stderr);
    for (const [i, { name, sees }] of OWN_CALLS.entries()) {
      assertEquals(seenOf(lines, join(cwd, `${i}.txt`)), sees, name);
    }
  }));
