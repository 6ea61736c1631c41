/** Snapshots of programs that import Ato by the paths of its files, as in a checkout: it is a package of them. */
import { test } from "node:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { assertEquals } from "@std/assert";
import { takeSnapshot } from "../../fingerprint/mod.ts";
import { VERSION } from "../../internal/version.ts";
import { withTempFolder } from "../_shared/temp_folder.ts";

const ATO = new URL("../../", import.meta.url);

test("takeSnapshot: each part of Ato that a program imports by its path is the package, and no module of the program", async () => {
  const config = readFileSync(new URL("deno.npm.json", ATO), "utf8");
  const { exports } = JSON.parse(config) as { exports: Record<string, string> };
  const paths = [...Object.values(exports), "./dashboard/mod.ts"];
  await withTempFolder(async (folder) => {
    const script = join(folder, "train.mjs");
    const lines = paths.map((path) => `import "${new URL(path, ATO).href}";\n`);
    writeFileSync(script, lines.join(""));
    writeFileSync(join(folder, "package.json"), "{}");
    const { modules, packages, coverage } = await takeSnapshot(script, {
      processStart: Infinity,
    });
    assertEquals(modules.map(({ path }) => path), ["train.mjs"]);
    assertEquals(packages, { "@ato/ato": VERSION });
    assertEquals(coverage.missing, []);
  }, "own");
});
