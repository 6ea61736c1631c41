/**
 * Where a metric moved, and which of the things that changed there moved it.
 *
 * What the history decides is decided without a new run: a factor that was already as in the bad
 * run while the metric was good is acquitted; one that alone differs from a good run is convicted.
 * What remains is halved by the next run (delta debugging, Zeller and Hildebrandt 2002).
 */
import type { Run } from "../tracker/mod.ts";
import { lastOf } from "./evidence.ts";
import { differingFactors, type Factor, factorsOf } from "./factors.ts";

/** A run with its metric and its factors. */
export interface Sample {
  readonly run: Run;
  readonly value: number;
  readonly factors: ReadonlyMap<string, Factor>;
}

/** A place in the history where a metric moved. */
export interface Move {
  /** The last run before it. */
  readonly good: Sample;
  /** The first run after it. */
  readonly bad: Sample;
  /** Mean before and after. */
  readonly before: number;
  readonly after: number;
  /** The difference in standard deviations of what happens within each side. */
  readonly sigmas: number;
}

/** What the history says of each factor that changed. */
export interface Finding {
  readonly factor: string;
  readonly good: string | undefined;
  readonly bad: string | undefined;
  readonly status: "convicted" | "acquitted" | "open";
  /** The run that decided it. */
  readonly by?: number;
  /** What sets a config value as the bad run had it, where a word can. */
  readonly word?: string;
}

/** Reads the metric and the factors of every run that has the metric, oldest first. */
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
 * Finds the place that splits the history best: the greatest difference of means, in units of the
 * spread within both sides.
 *
 * @returns the move, or `undefined` if none is beyond `least` standard deviations.
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
 * Judges every factor that differs between a good and a bad run by the rest of the history.
 *
 * @param good A good run.
 * @param bad A bad run.
 * @param samples The history.
 * @param isBad Whether a value of the metric is bad.
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
  // What is left when all others are acquitted, did it.
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
 * The next run that tells most: the bad run's values for half of the open config factors, the good
 * run's for everything else.
 *
 * @returns the words to add to the good run's command, or `undefined` where no config is open.
 */
export function halfOf(findings: readonly Finding[]): string[] | undefined {
  const open = findings.flatMap(({ status, word }) =>
    status === "open" && word !== undefined ? [word] : []
  );
  if (open.length === 0) return undefined;
  return open.slice(0, Math.ceil(open.length / 2));
}
