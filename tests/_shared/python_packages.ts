/** Real packages of Python for tests: installed once, in a folder that all tests share. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { PYTHON } from "./python.ts";
import { ROOT } from "./run_script.ts";

const CACHE = join(ROOT, "node_modules", ".cache", "ato-python");

/** A Python with packages, or the reason why there is none. */
export type PythonWithPackages =
  | { readonly python: string; readonly skip: false }
  | { readonly python?: undefined; readonly skip: string };

/**
 * Finds a virtual environment with packages, and makes it if pip can install them.
 *
 * @param name The name of its folder.
 * @param packages The distributions.
 * @param imports What the tests import of them: pip compiles each module of each package, which takes five times as
 *   long as the installation, and so only these are compiled.
 */
export function pythonWith(
  name: string,
  packages: readonly string[],
  imports: string,
): PythonWithPackages {
  const folder = join(CACHE, name);
  const python = join(folder, "bin", "python");
  if (existsSync(python)) return { python, skip: false };
  // Processes that install at the same time have folders of their own; the first one that is ready stays.
  const own = `${folder}.${process.pid}`;
  mkdirSync(CACHE, { recursive: true });
  const options = ["--disable-pip-version-check", "--only-binary", ":all:"];
  const steps = [
    [PYTHON, "-m", "venv", own],
    [
      ...[join(own, "bin", "python"), "-m", "pip", "install", "--quiet"],
      ...["--no-compile", ...options, "--timeout", "20", "--retries", "1"],
      ...packages,
    ],
    [join(own, "bin", "python"), "-c", imports],
  ] as const;
  // Compiled modules are kept, also where the environment says otherwise.
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: "" };
  try {
    for (const [command, ...words] of steps) {
      const { status, stderr, error } = spawnSync(command, words, {
        encoding: "utf8",
        env,
      });
      if (status === 0) continue;
      const reason = error?.message ?? stderr.trim().split("\n").at(-1);
      return { skip: `cannot install ${packages.join(", ")}: ${reason}` };
    }
    if (!existsSync(folder)) renameSync(own, folder);
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
  return { python, skip: false };
}
