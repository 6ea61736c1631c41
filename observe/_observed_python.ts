/** The program of the processes in Python, from the modules that they imported. */
import { readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { ModuleSeen } from "../internal/observation.ts";
import type { ProgramSnapshot } from "../internal/run_factors.ts";

/** What was observed of Python. */
export interface ObservedPython {
  /** The modules, by path. */
  readonly modules: ReadonlyMap<string, ModuleSeen>;
  /** The versions of distributions. */
  readonly packages: ReadonlyMap<string, ReadonlySet<string>>;
  /** The folder with the bytes of modules, by SHA-256. */
  readonly observations: string;
}

/**
 * Makes the snapshot of what Python imported.
 *
 * @param python What was observed.
 * @param root The root that paths are told from. @default {the folder of the entry}
 */
export function observedPython(
  python: ObservedPython,
  root: string | undefined,
): Promise<ProgramSnapshot> {
  const modules = [...python.modules.values()];
  const main = modules.find(({ name }) => name === "__main__") ?? modules[0]!;
  const from = root ?? dirname(main.path);
  const pathOf = (path: string) =>
    path.startsWith(`${from}/`) ? path.slice(from.length + 1) : basename(path);
  const texts = new Map(modules.map(({ sha256 }) => [
    sha256,
    readFileSync(join(python.observations, sha256), "utf8"),
  ]));
  return Promise.resolve({
    root: from,
    entry: pathOf(main.path),
    modules: modules.map(({ path, sha256 }) => ({
      path: pathOf(path),
      sha256,
      pieces: [{
        name: "",
        kind: "file",
        hash: `ato-file-v1:${sha256}`,
        lines: [[1, texts.get(sha256)!.split("\n").length]],
        reachable: true,
      }],
    })),
    packages: Object.fromEntries(
      Array.from(
        python.packages,
        ([name, versions]) => [name, [...versions].sort().join(", ")] as const,
      ),
    ),
    files: [],
    texts,
    coverage: { level: "full", missing: [] },
  });
}
