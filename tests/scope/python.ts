/** Runs scripts of the Python original, if `ATO_PYTHON` names a Python that has it. */
import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { makeTempFolder } from "../_shared/temp_folder.ts";
import { PYTHON, whyNoPython } from "../_shared/python.ts";

/** Why tests with the original are skipped; `false` if they run. */
export const NO_ORIGINAL: string | false = whyNoPython("ato.scope");

/** Runs a script with a command line and returns what it printed. */
export function runOriginal(script: string, args: readonly string[]): string {
  const folder = makeTempFolder("python");
  try {
    const file = join(folder, "train.py");
    writeFileSync(file, script);
    const { stdout } = spawnSync(PYTHON, [file, ...args], {
      encoding: "utf8",
      env: { ...process.env, PYTHONIOENCODING: "utf-8" },
    });
    return stdout.trimEnd();
  } finally {
    rmSync(folder, { recursive: true });
  }
}
