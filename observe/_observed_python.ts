/** The program of the processes in Python, from the modules that they imported. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { takeSnapshot } from "../fingerprint/program/mod.ts";
import { attempt } from "../internal/attempt.ts";
import type { ModuleSeen } from "../internal/observation.ts";
import type { ParseCache, ProgramSnapshot } from "../internal/run_factors.ts";
import { pythonProgram } from "./python/python_program.ts";

/** What was observed of Python. */
export interface ObservedPython {
  /** The modules, by path. */
  readonly modules: ReadonlyMap<string, ModuleSeen>;
  /** The versions of distributions. */
  readonly packages: ReadonlyMap<string, ReadonlySet<string>>;
  /** The interpreter of the first process. */
  readonly executable: string;
  /** The folder with the bytes of modules, by SHA-256. */
  readonly observations: string;
  /** Keeps what parsing gave. */
  readonly cache?: ParseCache | undefined;
}

/**
 * Makes the snapshot of what Python imported.
 *
 * @param python What was observed.
 * @param root The root that paths are told from. @default {that of the script's project}
 */
export async function observedPython(
  python: ObservedPython,
  root: string | undefined,
): Promise<ProgramSnapshot> {
  const { observations, packages, executable, cache } = python;
  const modules = [...python.modules.values()];
  const main = modules.find(({ name }) => name === "__main__") ?? modules[0]!;
  const textOf = (sha256: string) =>
    attempt(() => readFileSync(join(observations, sha256)));
  return await pythonProgram({
    root: root ??
      (await takeSnapshot(main.path, { links: "given" })).root,
    entry: main.path,
    modules: modules.map(({ path, name, sha256 }) => {
      return { path, name, sha256, text: textOf(sha256) };
    }),
    packages: Object.fromEntries(
      Array.from(
        packages,
        ([name, versions]) => [name, [...versions].sort().join(", ")] as const,
      ),
    ),
    executable,
    missing: [],
    cache,
  });
}
