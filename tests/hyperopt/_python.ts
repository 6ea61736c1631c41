/** Runs the original Python ato for comparison. */
import { execFileSync } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";

const SCRIPT = fileURLToPath(new URL("_python.py", import.meta.url));
const python = process.env["ATO_PYTHON"] ?? "python3";

/** Why the comparison with Python is skipped; `false` if it is not. */
export const skip: string | false = findReason();
if (skip !== false) console.log(`skipped: ${skip}`);

function findReason(): string | false {
  try {
    execFileSync(python, ["-c", "import ato.adict, numpy"], {
      stdio: "ignore",
    });
    return false;
  } catch {
    return `${python} has no package ato (set ATO_PYTHON to one that has)`;
  }
}

/** Returns the results of Python's hyperopt, one for each case. */
export function runPython<R>(work: "grid" | "halving", cases: unknown[]): R[] {
  const out = execFileSync(python, [SCRIPT], {
    encoding: "utf8",
    input: JSON.stringify({ work, cases }),
    maxBuffer: 1 << 28,
  });
  return JSON.parse(out);
}
