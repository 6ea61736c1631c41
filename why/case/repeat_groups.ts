/**
 * The repeats of two runs, as groups that are compared.
 *
 * @module
 */
import type { RunFacts } from "../facts.ts";
import type { FactorDifference, Frame } from "../frame.ts";
import { repeatsOf } from "../replicates.ts";

/** The repeats of two runs. */
export interface RepeatGroups {
  /** Those of the first run, the run first; of two runs of one setting, those of both. */
  readonly ofA: readonly RunFacts[];
  /** Those of the second run, the run first. */
  readonly ofB: readonly RunFacts[];
  /** Whether both have one setting: then these are the same runs, but for the first. */
  readonly isSameSetting: boolean;
}

/**
 * Finds the repeats of two runs.
 *
 * @param frame The runs.
 * @param pair How the two differ.
 * @param runs The two.
 * @returns their repeats.
 */
export function repeatGroups(
  frame: Frame,
  pair: FactorDifference,
  [a, b]: readonly [RunFacts, RunFacts],
): RepeatGroups {
  const [ofA, ofB] = [repeatsOf(frame, a, b), repeatsOf(frame, b, a)];
  if (!isRepeat(pair)) return { ofA, ofB, isSameSetting: false };
  // A leaf that one of the two read tells runs apart which the other one takes for its repeats.
  const common = ofA.slice(1).filter((run) => ofB.includes(run));
  return {
    ofA: [a, ...common],
    ofB: [b, ...common],
    isSameSetting: true,
  };
}

/**
 * Tells whether two runs have one setting, as far as is known. They may differ in the seed.
 *
 * @param pair How the two differ.
 * @returns true if they have.
 */
export function isRepeat(
  { differing, unknown, quality }: FactorDifference,
): boolean {
  return quality !== "none" && differing.length === 0 && unknown.length === 0;
}

/**
 * Groups repeats by which it is told what varies by itself. Runs of one setting are repeats of both, and the pair
 * is not part of its own yardstick: only if all of them differ, as timings do, the pair counts.
 *
 * @param frame The runs, for their seeds.
 * @param groups The repeats of the two runs.
 * @returns groups of one seed each.
 */
export function yardsticks(
  frame: Frame,
  { ofA, ofB, isSameSetting }: RepeatGroups,
): RunFacts[][] {
  const [first, second] = [sameSeed(frame, ofA), sameSeed(frame, ofB)];
  const [a, b] = [first[0], second[0]];
  const isOneSeed = a && b && frame.seedOf(a) === frame.seedOf(b);
  if (!isSameSetting || !isOneSeed) return [first, second];
  return first.length > 1 ? [[...first, b]] : [];
}

/**
 * Takes the runs of one seed.
 *
 * @param frame The runs, for their seeds.
 * @param runs The runs.
 * @returns those with the seed of the first.
 */
export function sameSeed(frame: Frame, runs: readonly RunFacts[]): RunFacts[] {
  const [first] = runs;
  return runs.filter((run) =>
    first !== undefined && frame.seedOf(run) === frame.seedOf(first)
  );
}
