/**
 * Whether a method is not inferior to another one: tests of differences in regret, and ranks.
 *
 * @module
 */
import { holm } from "../../why/stats/holm.ts";
import {
  type Estimate,
  intervalOf,
  paired,
  welch,
} from "../../why/stats/mean_tests.ts";
import { momentsOf } from "../../why/stats/moments.ts";
import { tCdf } from "../../why/stats/t.ts";

/** The regrets of a method and of the one that it is compared with, one for each seed. */
export interface Pair {
  /** What was compared, e.g. the table, the scheduler and the budget. */
  readonly cell: string;
  readonly regrets: readonly number[];
  readonly reference: readonly number[];
  /**
   * The least margin.
   *
   * @default {0}
   */
  readonly floor?: number;
  /**
   * What {@linkcode poolPairs} divides the differences by.
   *
   * @default {the interquartile range of the reference}
   */
  readonly scale?: number;
}

/** A comparison in one cell. */
export interface Verdict {
  readonly cell: string;
  /** The mean regret of the method minus that of the reference. */
  readonly difference: number;
  /** The upper bound of the difference, at the level without correction. */
  readonly upper: number;
  /** What the difference may be: a share of the interquartile range of the reference. */
  readonly margin: number;
  /** The corrected p value of "the difference is above the margin": small if the method is not inferior. */
  readonly notInferior: number;
  /** The corrected p value of "the method is not worse": small if it is worse. */
  readonly worse: number;
  /**
   * `"not inferior"` if the difference is shown to be within the margin, `"worse"` if the method is shown to be worse than
   * the reference, otherwise `"open"`: the seeds are too few to tell.
   */
  readonly outcome: "not inferior" | "worse" | "open";
  /** How many seeds would show that the method is not inferior, if the difference were 0 and nothing were corrected. */
  readonly seedsNeeded: number;
}

/** Options for {@linkcode judge}. */
export interface JudgeOptions {
  /** @default {0.1} */
  readonly share?: number;
  /** @default {0.05} */
  readonly alpha?: number;
  /**
   * Whether the regrets of one seed belong together.
   *
   * @default {true if both have the same number of seeds}
   */
  readonly paired?: boolean;
}

/**
 * Judges a method in each cell. The bounds are those of Student's t: of the differences by seed, or with Welch's degrees
 * of freedom if they are not paired. All p values are corrected together by Holm's method.
 *
 * If the interquartile range of the reference is 0, so is the margin without a floor: the method then has to be shown to
 * be not worse at all, which it is if no seed differs.
 */
export function judge(
  pairs: readonly Pair[],
  options: JudgeOptions = {},
): Verdict[] {
  const { share = 0.1, alpha = 0.05 } = options;
  const compared = pairs.map((pair) => compare(pair, share, options.paired));
  const notInferior = holm(compared.map(({ above }) => above));
  const worse = holm(compared.map(({ below }) => below));
  return compared.map(({ cell, margin, estimate, deviation }, index) => {
    const [ours, theirs] = [notInferior[index]!, worse[index]!];
    return {
      cell,
      difference: estimate.difference,
      upper: intervalOf(estimate, 2 * alpha)[1],
      margin,
      notInferior: ours,
      worse: theirs,
      outcome: ours <= alpha
        ? "not inferior"
        : theirs <= alpha
        ? "worse"
        : "open",
      seedsNeeded: seedsFor(deviation, margin),
    };
  });
}

interface Compared {
  readonly cell: string;
  readonly margin: number;
  readonly estimate: Estimate;
  /** The deviation of one difference. */
  readonly deviation: number;
  /** The p value of a difference above the margin. */
  readonly above: number;
  /** The p value of a difference of at most 0. */
  readonly below: number;
}

function compare(
  { cell, regrets, reference, floor = 0 }: Pair,
  share: number,
  isPaired: boolean = regrets.length === reference.length,
): Compared {
  const estimate = estimateOf({ cell, regrets, reference }, isPaired);
  const margin = Math.max(floor, share * quartileRange(reference));
  const count = isPaired ? regrets.length : 1 / (1 / regrets.length +
    1 / reference.length);
  return {
    cell,
    margin,
    estimate,
    deviation: estimate.error * Math.sqrt(count),
    above: pAbove(estimate, margin),
    below: pBelow(estimate),
  };
}

function estimateOf(
  { cell, regrets, reference }: Pair,
  isPaired: boolean,
): Estimate {
  if (isPaired && regrets.length !== reference.length) {
    throw new RangeError(
      `Cannot compare ${cell} by seed: it has ${regrets.length} and ${reference.length} seeds; give the same ones`,
    );
  }
  const estimate = isPaired
    ? paired(regrets.map((regret, index) => regret - reference[index]!))
    : welch(reference, regrets);
  if (estimate === undefined) {
    throw new RangeError(`Cannot compare ${cell}: give two seeds or more`);
  }
  return estimate;
}

/** The p value of the hypothesis that the true difference is above the margin. */
function pAbove(
  { difference, error, freedom }: Estimate,
  margin: number,
): number {
  if (error > 0) return tCdf((difference - margin) / error, freedom);
  return difference > margin ? 1 : 0;
}

/** The p value of the hypothesis that the true difference is at most 0. */
function pBelow({ difference, error, freedom }: Estimate): number {
  if (error > 0) return tCdf(-difference / error, freedom);
  return difference > 0 ? 0 : 1;
}

/** The seeds with which the standard error times 1.645 + 0.842 is the margin: 95 % confidence and 80 % power. */
function seedsFor(deviation: number, margin: number): number {
  if (deviation === 0) return 2;
  return Math.ceil((2.487 * deviation / margin) ** 2);
}

/** The distance between the quartiles, interpolated between order statistics. */
export function quartileRange(values: readonly number[]): number {
  return quantile(values, 0.75) - quantile(values, 0.25);
}

/** A quantile, interpolated between order statistics; NaN of no values. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const low = sorted[Math.floor(place)] ?? NaN;
  const high = sorted[Math.ceil(place)] ?? NaN;
  return low + (high - low) * (place % 1);
}

/** The mean over several tables of one scheduler and budget. */
export interface Pooled {
  /** The mean difference, in the scales of the pairs. */
  readonly difference: number;
  /** Its upper bound. */
  readonly upper: number;
  /** How many pairs have a scale of 0, and are left out. */
  readonly left: number;
}

/**
 * Averages the differences of several cells, each divided by its scale: one seed of all cells is one observation, since
 * searches of one seed may have drawn the same numbers.
 */
export function poolPairs(pairs: readonly Pair[], alpha = 0.05): Pooled {
  const kept = pairs.filter((pair) => scaleOf(pair) > 0);
  const left = pairs.length - kept.length;
  const count = kept.length === 0 ? 0 : Math.min(
    ...kept.flatMap(({ regrets, reference }) => [
      regrets.length,
      reference.length,
    ]),
  );
  const bySeed = Array.from(
    { length: count },
    (_, seed) =>
      momentsOf(
        kept.map((pair) =>
          (pair.regrets[seed]! - pair.reference[seed]!) / scaleOf(pair)
        ),
      ).mean,
  );
  const estimate = paired(bySeed);
  if (estimate === undefined) return { difference: NaN, upper: NaN, left };
  const upper = intervalOf(estimate, 2 * alpha)[1];
  return { difference: estimate.difference, upper, left };
}

function scaleOf({ reference, scale }: Pair): number {
  return scale ?? quartileRange(reference);
}

/** Ranks values from 1, the least first; equal ones share the mean of their ranks. */
export function ranks(values: readonly number[]): number[] {
  return values.map((value) => {
    const less = values.filter((other) => other < value).length;
    const equal = values.filter((other) => other === value).length;
    return less + (equal + 1) / 2;
  });
}

/** Ranks the methods in each cell by the median of their regrets; returns the ranks of each method. */
export function rankMethods(
  cells: readonly Readonly<Record<string, readonly number[]>>[],
): Record<string, number[]> {
  const found: Record<string, number[]> = {};
  for (const cell of cells) {
    const methods = Object.keys(cell);
    const placed = ranks(
      methods.map((method) => quantile(cell[method]!, 0.5)),
    );
    methods.forEach((method, index) => {
      (found[method] ??= []).push(placed[index]!);
    });
  }
  return found;
}
