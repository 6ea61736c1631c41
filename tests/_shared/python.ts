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
