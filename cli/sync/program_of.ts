import { isRecord } from "../../internal/objects.ts";
import type { RecordedFactors } from "../../internal/run_facts.ts";
import type { Run } from "../../tracker/mod.ts";

/** What a run executed. */
export interface RunProgram {
  /** The script or program, as it was named. */
  readonly path?: string;
  /** The words after it. */
  readonly args: readonly string[];
  /** The version of Python, if it is a program of Python. */
  readonly python?: string;
  /** The runtime of another program, e.g. `deno 2.9.6`. */
  readonly runtime?: string;
}

/**
 * Finds out what a run executed. The environment of a run of `ato run` is that of `ato`, not of its program.
 *
 * @param run The run.
 * @param recorded Its factors.
 */
export function programOf(
  run: Run,
  recorded: RecordedFactors | undefined,
): RunProgram {
  const python = recorded?.factors.get("package:python");
  const runtime = recorded?.factors.get("environment:runtime");
  const { argv = [], script } = run.environment;
  const command = launchedBy(argv, run.config);
  const versions = {
    ...(python !== undefined && { python }),
    ...(runtime !== undefined && { runtime }),
  };
  if (command === undefined) {
    return {
      ...versions,
      ...(script !== undefined && { path: script }),
      args: argv.slice(2),
    };
  }
  // `python train.py`, `deno run -A train.ts`: the script says more than the program.
  const at = command.findIndex((word, i) => i > 0 && SCRIPT.test(word));
  const path = command[Math.max(0, at)];
  return {
    ...versions,
    ...(path !== undefined && { path }),
    args: command.slice(Math.max(0, at) + 1),
  };
}

/** A word that names a script, and not a value such as `lr=0.1`. */
const SCRIPT = /^[^=]*\.(py|[cm]?[jt]sx?|sh|jl|r|rb|pl|lua)$/i;

/** The command of `ato run`: what follows the first word that is the program of the config. */
function launchedBy(
  argv: readonly string[],
  config: Readonly<Record<string, unknown>>,
): readonly string[] | undefined {
  const { program, args } = config;
  if (typeof program !== "string" || !isRecord(args)) return undefined;
  const run = argv.indexOf("run");
  const at = run < 0 ? -1 : argv.indexOf(program, run);
  return at < 0 ? undefined : argv.slice(at);
}
