/** Real processes: what comes in on the standard input of an observed program is not recorded, and that is said. */
import { test } from "node:test";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { assertEquals } from "@std/assert";
import { commandOf } from "../examples/_examples.ts";
import { ato, inFolder } from "./_lib.ts";

const CLI = fileURLToPath(new URL("../../cli.ts", import.meta.url));
const READER =
  'import { readFileSync } from "node:fs";\nconsole.log(`loss=${readFileSync(0, "utf8").length}`);\n';
const OTHER = 'console.log("loss=1");\n';

const CASES: readonly (readonly [
  name: string,
  script: string,
  input: "stream" | "file",
  level: string,
  missing: readonly string[],
])[] = [
  ["a stream that the program reads", READER, "stream", "partial", [
    "what came in on standard input is not recorded",
  ]],
  ["a stream that the program does not name", OTHER, "stream", "full", []],
  ["a file that the program reads", READER, "file", "partial", [
    "rows.csv: it is not certain that it was read",
  ]],
];

for (const [name, script, input, level, missing] of CASES) {
  test(
    `ato run: standard input: ${name}`,
    { skip: process.platform === "win32" },
    async () => {
      await inFolder(async (folder) => {
        writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
        const path = join(folder, "a.mjs");
        writeFileSync(path, script);
        writeFileSync(join(folder, "rows.csv"), "1,2\n");
        const db = join(folder, "runs.db");
        const from = input === "file" ? 'exec "$@" < rows.csv' : 'exec "$@"';
        const words = ["run", "--db", db, "--", ...commandOf(path)];
        const { status, stderr } = spawnSync(
          "sh",
          ["-c", from, "sh", ...commandOf(CLI), ...words],
          {
            cwd: folder,
            encoding: "utf8",
            // A pipe that nobody reads would break.
            ...(input === "stream"
              ? { input: "1,2\n" }
              : { stdio: ["ignore", "pipe", "pipe"] }),
          },
        );
        assertEquals(status, 0, stderr);
        const { out } = await ato("inputs", "1", "--json", "--db", db);
        assertEquals(JSON.parse(out).coverage, { level, missing });
      });
    },
  );
}
