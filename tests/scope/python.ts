/** Runs scripts of the Python original, if `ATO_PYTHON` names a Python that has it. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

const PYTHON = process.env.ATO_PYTHON ?? "python3";

/** Why tests with the original are skipped; `false` if they run. */
export const NO_ORIGINAL: string | false =
  spawnSync(PYTHON, ["-c", "import ato.scope"]).status === 0
    ? false
    : "needs a Python with `ato` installed, named by ATO_PYTHON";

/** Runs a script with a command line and returns what it printed. */
export function runOriginal(script: string, args: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "ato-python-"));
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
