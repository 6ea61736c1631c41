/** The packages of an engine are optional: without them, one sentence says how to install them. */
import { spawnSync } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import { OPTIONAL_PACKAGES } from "../../internal/optional_package.ts";
import { IS_DENO, ROOT } from "../_shared/run_script.ts";
import { withTempFolder } from "../_shared/temp_folder.ts";

test("packages of engines: their versions are those of the import map", () => {
  const { imports } = JSON.parse(
    readFileSync(join(ROOT, "deno.json"), "utf8"),
  );
  for (const [name, version] of Object.entries(OPTIONAL_PACKAGES)) {
    assertEquals(imports[name], `npm:${name}@${version}`);
  }
});

const PROGRAM = `
import { connectEngine } from "./hyperopt/engines/mod.ts";
for (const scheme of ["redis", "postgres"]) {
  try {
    await connectEngine(scheme + "://127.0.0.1:1", { searchId: "x" });
  } catch (error) {
    console.log(error.problem + " " + error.message);
  }
}
`;

test("an engine whose packages are not installed: one sentence says how to install them", async () => {
  await withTempFolder((folder) => {
    // A copy of the sources, in a place without packages.
    for (const room of ["hyperopt", "internal"]) {
      cpSync(join(ROOT, room), join(folder, room), { recursive: true });
    }
    const file = join(folder, "program.ts");
    writeFileSync(file, PROGRAM);
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const words = IS_DENO
      ? ["run", "--no-config", "--no-lock", "--cached-only", "-A", "--no-check"]
      : ["--no-warnings"];
    const { stdout, stderr } = spawnSync(process.execPath, [...words, file], {
      encoding: "utf8",
      cwd: folder,
      env: { ...env, DENO_DIR: join(folder, "cache") },
    });
    const lines = stdout.trim().split("\n");
    assertEquals(lines.length, 2, stderr);
    for (const [i, driver] of ["ioredis", "pg"].entries()) {
      assert(
        lines[i]!.startsWith(
          "package Cannot connect to an engine: the package bullmq is not installed; " +
            `install it with: npm install bullmq ${driver} (Deno: deno add npm:bullmq npm:${driver})`,
        ),
        lines[i],
      );
    }
  });
});
