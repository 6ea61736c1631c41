import { test } from "node:test";
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { assertEquals, assertNotEquals } from "@std/assert";
import { IS_DENO } from "../_shared/run_script.ts";
import { withTempFolder } from "../_shared/temp_folder.ts";
import { observe, seenOf, variablesIn, writeFiles } from "./_javascript.ts";

const SCRIPT = fileURLToPath(new URL("_deno_permissions.mjs", import.meta.url));
const options = { skip: !IS_DENO };

/** Permissions, and what must be seen of `data/in.txt`, `other.txt`, `out/new.txt`, and of `A`. */
const PERMISSIONS: Readonly<Record<string, readonly unknown[]>> = {
  "": [[], [], [], undefined],
  "--allow-read=data": [["read"], [], [], undefined],
  "--allow-read": [["read"], ["read"], [], undefined],
  "--allow-env=A": [[], [], [], "1"],
  "--allow-env --allow-write=out": [[], [], ["write"], "1"],
  "--allow-read --allow-write=out": [["read"], ["read"], ["write"], undefined],
  "--allow-read --allow-write": [
    ["read", "hash", "write"],
    ["read"],
    ["write"],
    undefined,
  ],
  "--allow-read --deny-read=other.txt --deny-write": [
    ["read"],
    [],
    [],
    undefined,
  ],
  "--allow-write=..": [["write"], [], ["write"], undefined],
  "-A": [["read", "hash", "write"], ["read"], ["write"], "1"],
  "-A --deny-write=out": [["read", "hash", "write"], ["read"], [], "1"],
};

for (const [flags, expected] of Object.entries(PERMISSIONS)) {
  test(
    `observer.cjs: deno run ${flags}: permissions keep their meaning`,
    options,
    () =>
      withTempFolder((folder) => {
        const runs = [true, false].map((isBare) => {
          const cwd = join(folder, `${isBare}`, "work");
          writeFiles(cwd, {
            "data/in.txt": "in",
            "data/node.txt": "node",
            "data/gone.txt": "gone",
            "other.txt": "other",
          });
          mkdirSync(join(cwd, "out"));
          const words = flags.split(" ").filter(Boolean);
          return {
            cwd,
            ...observe(
              [process.execPath, "run", "--no-config", ...words, SCRIPT],
              { cwd, env: { A: "1", B: "2" }, isBare },
            ),
          };
        });
        const [bare, observed] = runs.map(({ cwd, status, stdout, stderr }) =>
          `${status}\n${stdout}\n${stderr}`.replaceAll(dirname(cwd), "").split(
            "\n",
          )
        );
        assertEquals(observed, bare);
        const { lines = [], cwd = "" } = runs[1] ?? {};
        assertNotEquals(lines, []);
        const paths = ["data/in.txt", "other.txt", "out/new.txt"];
        const seen = paths.map((path) => seenOf(lines, join(cwd, path)));
        assertEquals([...seen, variablesIn(lines).get("A")], [...expected]);
      }),
  );
}
