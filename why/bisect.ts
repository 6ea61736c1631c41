/**
 * Where a metric moved in the history of a project, and which factor moved it.
 *
 * The stored runs decide what they can. A factor is acquitted if a good run already had the value of the
 * bad run, and convicted if a bad run differs from the good run in that factor alone. The next run halves the
 * factors that remain (delta debugging: Zeller and Hildebrandt, 2002).
 *
 * @module
 */
import type { Run } from "../tracker/mod.ts";
import { lastOf } from "./evidence.ts";
import { differingFactors, type Factor, factorsOf } from "./factors.ts";

/** A run with its metric and its factors. */
export interface Sample {
  /** The run. */
  readonly run: Run;
  /** The last value of the metric. */
  readonly value: number;
  /** Its factors, by name. */
  readonly factors: ReadonlyMap<string, Factor>;
}

/** A place in the history where a metric moved. */
export interface Move {
  /** The last run before it. */
  readonly good: Sample;
  /** The first run after it. */
  readonly bad: Sample;
  /** The mean of the metric before the move. */
  readonly before: number;
  /** The mean after it. */
  readonly after: number;
  /** The difference of the means, in standard deviations within both sides. */
  readonly sigmas: number;
}

/** What the history says about one factor that changed. */
export interface Finding {
  /** The name of the factor. */
  readonly factor: string;
  /** Its value in the good run; `undefined` if the run does not have it. */
  readonly good: string | undefined;
  /** Its value in the bad run; `undefined` if the run does not have it. */
  readonly bad: string | undefined;
  /** Whether it moved the metric; `"open"` if the history cannot tell. */
  readonly status: "convicted" | "acquitted" | "open";
  /** The id of the run that decided it. */
  readonly by?: number;
  /** The command-line word that sets a config value as in the bad run, if there is one. */
  readonly word?: string;
}

/**
 * Reads the metric and the factors of every run that has a finite value of the metric.
 *
 * @param runs The runs.
 * @param metric The metric.
 * @returns one sample for each such run, in the order of the runs.
 */
export async function samplesOf(
  runs: readonly Run[],
  metric: string,
): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (const run of runs) {
    const value = await lastOf(run, metric);
    if (value !== undefined) {
      samples.push({ run, value, factors: factorsOf(run) });
    }
  }
  return samples;
}

/**
 * Finds the place that splits the history best: where the difference of the means is largest, in units of
 * the spread within both sides.
 *
 * @param samples The history, oldest first.
 * @param least The least difference that counts as a move, in standard deviations.
 * @returns the move; `undefined` if none is that large.
 */
export function findMove(
  samples: readonly Sample[],
  least: number,
): Move | undefined {
  let best: Move | undefined;
  for (let at = 1; at < samples.length; at++) {
    const left = samples.slice(0, at).map(({ value }) => value);
    const right = samples.slice(at).map(({ value }) => value);
    const [before, after] = [mean(left), mean(right)];
    const spread = Math.sqrt(
      (squares(left, before) + squares(right, after)) /
        Math.max(1, samples.length - 2),
    );
    const size = Math.abs(after - before);
    if (size === 0) continue;
    const weight = Math.sqrt(left.length * right.length / samples.length);
    const sigmas = spread === 0 ? Infinity : size / spread;
    const score = (spread === 0 ? Number.MAX_VALUE : sigmas) * weight;
    if (
      sigmas >= least && (best === undefined || score > scoreOf(best, samples))
    ) {
      best = {
        good: samples[at - 1]!,
        bad: samples[at]!,
        before,
        after,
        sigmas,
      };
    }
  }
  return best;
}

function scoreOf(move: Move, samples: readonly Sample[]): number {
  const at = samples.indexOf(move.bad);
  const weight = Math.sqrt(at * (samples.length - at) / samples.length);
  return (move.sigmas === Infinity ? Number.MAX_VALUE : move.sigmas) * weight;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function squares(values: readonly number[], around: number): number {
  return values.reduce((sum, value) => sum + (value - around) ** 2, 0);
}

/**
 * Judges every factor that differs between a good and a bad run, by the other runs of the history.
 *
 * @param good A good run.
 * @param bad A bad run.
 * @param samples The history.
 * @param isBad Tells whether a value of the metric is bad.
 * @returns one finding for each such factor.
 */
export function judge(
  good: Sample,
  bad: Sample,
  samples: readonly Sample[],
  isBad: (value: number) => boolean,
): Finding[] {
  const names = differingFactors(good.factors, bad.factors);
  const findings = names.map((factor): Finding => {
    const word = bad.factors.get(factor)?.word;
    const values = {
      good: good.factors.get(factor)?.value,
      bad: bad.factors.get(factor)?.value,
      ...(word !== undefined && { word }),
    };
    const acquitted = samples.find((one) =>
      !isBad(one.value) && one.factors.get(factor)?.value === values.bad
    );
    if (acquitted) {
      return { factor, ...values, status: "acquitted", by: acquitted.run.id };
    }
    const convicted = samples.find((one) =>
      isBad(one.value) && differsOnlyIn(one, good, factor) &&
      one.factors.get(factor)?.value === values.bad
    );
    return convicted
      ? { factor, ...values, status: "convicted", by: convicted.run.id }
      : { factor, ...values, status: "open" };
  });
  const open = findings.filter(({ status }) => status === "open");
  // If all other factors are acquitted, the one that is left moved the metric.
  return open.length === 1 &&
      findings.every(({ status }) => status !== "convicted")
    ? findings.map((one) =>
      one === open[0] ? { ...one, status: "convicted" } : one
    )
    : findings;
}

function differsOnlyIn(one: Sample, good: Sample, factor: string): boolean {
  const names = differingFactors(one.factors, good.factors);
  return names.length === 1 && names[0] === factor;
}

/**
 * Chooses the run that tells most next: half of the open config factors as in the bad run, everything else
 * as in the good run.
 *
 * @param findings The findings so far.
 * @returns the words to add to the command of the good run; `undefined` if no config value is open.
 */
export function halfOf(findings: readonly Finding[]): string[] | undefined {
  const open = findings.flatMap(({ status, word }) =>
    status === "open" && word !== undefined ? [word] : []
  );
  if (open.length === 0) return undefined;
  return open.slice(0, Math.ceil(open.length / 2));
}
