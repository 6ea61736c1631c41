/**
 * The repeats of runs.
 *
 * @module
 */
import type { Frame } from "./frame.ts";
import type { RunFacts } from "./facts.ts";
import { isNotFinite, type ResultOptions, valueOf } from "./results.ts";

/** The result of a run among its repeats. */
export interface Sample {
  /** The run. */
  readonly run: RunFacts;
  /** Its value. */
  readonly value: number;
  /** Its seed. */
  readonly seed: string;
}

/**
 * Lists the repeats of a run: completed runs with equal effective factors but the seed.
 *
 * @param frame The runs.
 * @param run The run.
 * @param except A run that is left out.
 * @returns the runs, the run itself first.
 */
export function repeatsOf(
  frame: Frame,
  run: RunFacts,
  except?: RunFacts,
): RunFacts[] {
  const others = frame.runs.filter((other) =>
    other !== run && other !== except && other.status === "completed" &&
    frame.isSameSetting(run, other)
  );
  return [run, ...others];
}

/**
 * Reads the results of runs that have a finite one.
 *
 * @param frame The runs, for their seeds.
 * @param runs The runs to read.
 * @param key The metric.
 * @param options Which value.
 * @returns the samples; runs that diverged are left out.
 */
export function samplesOf(
  frame: Frame,
  runs: readonly RunFacts[],
  key: string,
  options: ResultOptions,
): Sample[] {
  return runs.flatMap((run) => {
    const value = isNotFinite(run, key)
      ? undefined
      : valueOf(run, key, options);
    return value === undefined ? [] : [{ run, value, seed: frame.seedOf(run) }];
  });
}

/**
 * Groups samples by seed.
 *
 * @param samples The samples.
 * @returns the values of each seed.
 */
export function bySeed(samples: readonly Sample[]): Map<string, number[]> {
  const seeds = new Map<string, number[]>();
  for (const { seed, value } of samples) {
    const values = seeds.get(seed);
    if (values === undefined) seeds.set(seed, [value]);
    else values.push(value);
  }
  return seeds;
}
