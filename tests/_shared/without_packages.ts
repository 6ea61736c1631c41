/** Programs in a place without packages. */
import { spawnSync } from "node:child_process";
import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { IS_DENO, ROOT } from "./run_script.ts";
import { withTempFolder } from "./temp_folder.ts";

/**
 * Runs a program beside a copy of some rooms of the sources, where no package is installed.
 *
 * @param program The text of the program; it imports the rooms by `./`.
 * @param rooms The rooms that it needs.
 * @returns what it printed, without the space around it, and its errors.
 */
export async function runWithoutPackages(
  program: string,
  rooms: readonly string[],
): Promise<{ readonly out: string; readonly err: string }> {
  let printed = { out: "", err: "" };
  await withTempFolder((folder) => {
    for (const room of rooms) {
      cpSync(join(ROOT, room), join(folder, room), { recursive: true });
    }
    const file = join(folder, "program.ts");
    writeFileSync(file, program);
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const words = IS_DENO
      ? ["run", "--no-config", "--no-lock", "--cached-only", "-A", "--no-check"]
      : ["--no-warnings"];
    const { stdout, stderr } = spawnSync(process.execPath, [...words, file], {
      encoding: "utf8",
      cwd: folder,
      env: { ...env, DENO_DIR: join(folder, "cache") },
    });
    printed = { out: stdout.trim(), err: stderr };
  });
  return printed;
}
