/** The runtimes of a run's processes, as packages of its program. */
import process from "node:process";
import type { ProgramSnapshot } from "../internal/run_factors.ts";
import { isDeno } from "../internal/runtime.ts";
import type { SeenProcess } from "./_seen_run.ts";

/** The runtime of `ato` itself is a factor of the environment already. */
const OWN: string = isDeno() ? "deno" : "node";

/**
 * Adds the runtimes of the processes to the packages of a program: another version of Python can give another result.
 *
 * @param program The program.
 * @param processes The processes that were observed.
 */
export function withRuntimes(
  program: ProgramSnapshot,
  processes: readonly SeenProcess[],
): ProgramSnapshot {
  const versions = new Map<string, Set<string>>();
  for (const { seen: { language, version } } of processes) {
    const own = (process.versions as Record<string, string | undefined>)[OWN];
    if (language === OWN && version === own) continue;
    versions.set(
      language,
      (versions.get(language) ?? new Set()).add(version),
    );
  }
  if (versions.size === 0) return program;
  return {
    ...program,
    packages: {
      ...program.packages,
      ...Object.fromEntries(
        Array.from(
          versions,
          ([language, all]) => [language, [...all].sort().join(", ")] as const,
        ),
      ),
    },
  };
}
