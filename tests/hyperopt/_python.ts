/** Runs the original Python ato for comparison. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { PYTHON, whyNoPython } from "../_shared/python.ts";

const SCRIPT = fileURLToPath(new URL("_python.py", import.meta.url));

/** Why the comparison with Python is skipped; `false` if it is not. */
export const skip: string | false = whyNoPython("ato.adict, numpy");
if (skip !== false) console.log(`skipped: ${skip}`);

/** Returns the results of Python's hyperopt, one for each case. */
export function runPython<R>(work: "grid" | "halving", cases: unknown[]): R[] {
  const out = execFileSync(PYTHON, [SCRIPT], {
    encoding: "utf8",
    input: JSON.stringify({ work, cases }),
    maxBuffer: 1 << 28,
  });
  return JSON.parse(out);
}
