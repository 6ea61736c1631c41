/** The Python whose packages tests compare with. */
import { spawnSync } from "node:child_process";
import process from "node:process";

/** The command that starts Python: what `ATO_PYTHON` names, or `python3`. */
export const PYTHON: string = process.env["ATO_PYTHON"] ?? "python3";

/**
 * Tells why tests that need modules of Python are skipped.
 *
 * @param modules The modules, as an import statement lists them.
 * @returns the reason, or `false` if Python has the modules.
 */
export function whyNoPython(modules: string): string | false {
  const { status } = spawnSync(PYTHON, ["-c", `import ${modules}`]);
  return status === 0
    ? false
    : `${PYTHON} cannot import ${modules} (set ATO_PYTHON to a Python that can)`;
}

/**
 * Runs a program in Python, and returns the JSON that it prints.
 *
 * @param program The text of the program.
 * @param input What it reads from stdin.
 * @throws {Error} If it fails.
 */
export function askPython(program: string, input: string): unknown {
  const child = spawnSync(PYTHON, ["-c", program], {
    input,
    encoding: "utf8",
    maxBuffer: 1 << 28,
    env: { ...process.env, PYTHONIOENCODING: "utf-8" },
  });
  if (child.status !== 0) throw new Error(`Python failed: ${child.stderr}`);
  return JSON.parse(child.stdout);
}
