/** The inputs of a run of this process, which observes itself. */
import { join } from "node:path";
import process from "node:process";
import type { ProgramSnapshot } from "../internal/run_factors.ts";
import type { OwnRun } from "../internal/process_observer.ts";
import { isDeno } from "../internal/runtime.ts";
import type { RunInputs } from "../internal/run_inputs.ts";
import { Collector } from "./collector.ts";

/** What observes the process. */
export interface Observing {
  /** The folder that the observer writes to. */
  readonly observations: string;
  /** The variables when it started. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The place in the program where it started. */
  readonly place: string;
}

/**
 * Returns what this process has read until now.
 *
 * @param run The run.
 * @param observing What observes the process.
 */
export async function observedInputs(
  { root, code, database }: OwnRun,
  { observations, env, place }: Observing,
): Promise<RunInputs> {
  const program: ProgramSnapshot = {
    root,
    entry: "",
    modules: [],
    packages: {},
    files: [],
    texts: new Map(),
    coverage: { level: "none", missing: [] },
  };
  const command = process.argv;
  const collector = new Collector({
    observations,
    reason: undefined,
    command,
    config: { program: "", args: {} },
    history: {},
    program: Promise.resolve(program),
    env,
    without: [database],
    gaps: [`what was read before ${place} was not observed`, ...inDeno(place)],
  });
  collector.start(process.pid);
  await collector.stop();
  const paths = code.map((path) => join(root, ...path.split("/")));
  return await collector.inputs({ code: paths }, program);
}

/** Deno binds names that are imported from its modules for Node once, when a module is loaded. */
function inDeno(place: string): string[] {
  return isDeno()
    ? [
      `functions that were imported by name from node:fs and other modules of Node before ${place} are not observed`,
    ]
    : [];
}
