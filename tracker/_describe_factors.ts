/** The factors that a run has when it starts: all but its code. */
import { configFactors } from "./_config_factors.ts";
import { captureLocale, environmentFactors } from "./_environment_factors.ts";
import {
  type FactorRecord,
  factorRecord,
  nothingOf,
} from "./_factor_record.ts";
import { askGpu, type GpuFound } from "./_gpu.ts";
import { withoutProgram } from "./_take_program.ts";
import type { RunEnvironment } from "./environment.ts";
import { decodeJson, type Encoded } from "../internal/json.ts";
import type { ConfigHistory } from "../internal/run_source.ts";

/** Milliseconds that a start waits for the name of the GPU, which was asked for when it began. */
const PATIENCE = 100;

/** What a run has recorded so far. */
export interface StartedRun {
  readonly config: Encoded;
  readonly seed: string | null;
  readonly history: ConfigHistory | undefined;
  readonly environment: RunEnvironment;
  /** The words of the command line after the program; absent if they are not known. */
  readonly words: readonly string[] | undefined;
  /** Whether a snapshot of the program is taken. */
  readonly snapshot: boolean;
  /** Whether this process only starts the program. */
  readonly isLauncher: boolean;
  /** What config and inputs lack until more is known. */
  readonly unsettled: string | undefined;
}

/** The factors that are known, and those that come later. */
export interface StartFactors {
  readonly factors: readonly FactorRecord[];
  /** The environment, if a part of it was not known in time. */
  readonly late?: Promise<FactorRecord>;
}

/** Returns the factors that a run has when it starts. */
export async function startFactors(run: StartedRun): Promise<StartFactors> {
  const { config, seed, history, environment, words, isLauncher } = run;
  const { unsettled } = run;
  const records = [configFactors({
    // As it is read back from the file, so that every version gives the same factors.
    config: decodeJson(config.text, config.types) as Record<string, unknown>,
    seed,
    words,
    history,
    ...(unsettled !== undefined && { missing: [unsettled] }),
  })];
  if (unsettled !== undefined) {
    records.push(factorRecord("inputs", [], nothingOf(unsettled)));
  }
  if (!run.snapshot) {
    const taken = withoutProgram("snapshot is off");
    if ("factors" in taken) records.push(taken.factors);
  }
  const asked = askGpu();
  const gpu = await within(asked, PATIENCE);
  const found = (gpu: GpuFound): FactorRecord =>
    environmentFactors(environment, { ...captureLocale(), gpu, isLauncher });
  if (gpu !== undefined) return { factors: [...records, found(gpu)] };
  const early = found({ missing: "nvidia-smi has not answered yet" });
  return { factors: [...records, early], late: asked.then(found) };
}

/** Waits for a promise, but not for long; `undefined` if it is not settled by then. */
export async function within<T>(
  promise: Promise<T>,
  milliseconds: number,
): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const over = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), milliseconds);
  });
  try {
    return await Promise.race([promise, over]);
  } finally {
    clearTimeout(timer);
  }
}
