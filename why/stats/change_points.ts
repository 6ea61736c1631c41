/**
 * Where the level of a series changes.
 *
 * @module
 */
import { randomNumbers, shuffle } from "./random.ts";

/** A value of a series, and the stratum within which values may be exchanged. */
export interface Point {
  /** The value. */
  readonly value: number;
  /** Points of one stratum are comparable; the level of a stratum is its own. */
  readonly stratum: number;
}

/** A place at which the level of a series changes. */
export interface ChangePoint {
  /** The index of the first point after it. */
  readonly at: number;
  /** The indexes that are the first point after it with 95% confidence, in order. */
  readonly locations: readonly number[];
  /** The part of the series in which it was found, from an index to another (excluded). */
  readonly within: readonly [from: number, to: number];
  /** The p value of the maximum over all splits. */
  readonly p: number;
}

/** Fewer points than this on a side are no level. */
const LEAST = 2;
const PERMUTATIONS = 1999;

/**
 * Finds changes of level: the split that explains most of the series, judged by permutation of the maximum over
 * all splits, then the same in each part (binary segmentation: A. J. Scott and M. Knott, Biometrics 30, 1974).
 * The set of locations holds 95% of the posterior of the split (A. F. M. Smith, Biometrika 62, 1975).
 *
 * @param points The series.
 * @param alpha The level of each test.
 * @returns the changes, in order.
 */
export function findChangePoints(
  points: readonly Point[],
  alpha: number,
): ChangePoint[] {
  const found: ChangePoint[] = [];
  const parts: [number, number][] = [[0, points.length]];
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    const change = changeIn(points, part, alpha);
    if (change === undefined) continue;
    found.push(change);
    parts.push([part[0], change.at], [change.at, part[1]]);
  }
  return found.sort((a, b) => a.at - b.at);
}

function changeIn(
  points: readonly Point[],
  [from, to]: readonly [number, number],
  alpha: number,
): ChangePoint | undefined {
  const part = points.slice(from, to);
  if (part.length < 2 * LEAST) return undefined;
  const series = centred(part);
  const gains = gainsOf(series, series.values);
  const best = largest(gains);
  if (best === undefined || !(gains[best]! > 0)) return undefined;
  const p = pOfMaximum(series, gains[best]!, alpha);
  if (p > alpha) return undefined;
  return {
    at: from + best,
    locations: locationsOf(series, gains).map((at) => from + at),
    within: [from, to],
    p,
  };
}

interface Series {
  /** The values around the means of their strata. */
  readonly values: readonly number[];
  readonly strata: readonly number[];
  /** The indexes of each stratum. */
  readonly members: readonly (readonly number[])[];
  /** The sum of the squared values. */
  readonly total: number;
}

function centred(part: readonly Point[]): Series {
  const ids = [...new Set(part.map(({ stratum }) => stratum))];
  const strata = part.map(({ stratum }) => ids.indexOf(stratum));
  const members = ids.map((_, id) =>
    strata.flatMap((stratum, index) => stratum === id ? [index] : [])
  );
  const means = members.map((own) => {
    const first = part[own[0] ?? 0]?.value ?? 0;
    return first +
      own.reduce((sum, at) => sum + (part[at]?.value ?? 0) - first, 0) /
        own.length;
  });
  const values = part.map(({ value }, index) =>
    value - (means[strata[index] ?? 0] ?? 0)
  );
  const total = values.reduce((sum, value) => sum + value * value, 0);
  return { values, strata, members, total };
}

/** For each split, the squares that it explains beyond the levels of the strata. */
function gainsOf(
  { strata, members }: Series,
  values: readonly number[],
): number[] {
  const before = members.map(() => 0);
  let [sum, weight] = [0, 0];
  const gains: number[] = [];
  for (let at = 1; at < values.length; at++) {
    const stratum = strata[at - 1] ?? 0;
    const size = members[stratum]?.length ?? 1;
    const count = before[stratum] ?? 0;
    weight += share(count + 1, size) - share(count, size);
    before[stratum] = count + 1;
    sum += values[at - 1] ?? 0;
    const isInside = at >= LEAST && at <= values.length - LEAST;
    gains[at] = isInside && weight > 1e-9 ? sum * sum / weight : 0;
  }
  return gains;
}

/** The variance that a split of a stratum leaves to the indicator of its sides. */
function share(count: number, size: number): number {
  return count * (size - count) / size;
}

function largest(gains: readonly number[]): number | undefined {
  let best: number | undefined;
  gains.forEach((gain, at) => {
    if (best === undefined || gain > gains[best]! * (1 + 1e-12)) best = at;
  });
  return best;
}

/** Stops early once the p value is certainly above alpha. */
function pOfMaximum(series: Series, observed: number, alpha: number): number {
  const next = randomNumbers(1);
  let hits = 0;
  for (let drawn = 1; drawn <= PERMUTATIONS; drawn++) {
    const gains = gainsOf(series, permuted(series, next));
    const best = largest(gains);
    if (best !== undefined && gains[best]! >= observed * (1 - 1e-9)) hits++;
    if ((hits + 1) / (PERMUTATIONS + 1) > alpha) {
      return (hits + 1) / (drawn + 1);
    }
  }
  return (hits + 1) / (PERMUTATIONS + 1);
}

function permuted(
  { values, members }: Series,
  next: () => number,
): number[] {
  const mixed = [...values];
  for (const own of members) {
    const drawn = own.map((at) => values[at] ?? 0);
    shuffle(drawn, next);
    own.forEach((at, index) => mixed[at] = drawn[index] ?? 0);
  }
  return mixed;
}

function locationsOf(
  { values, members, total }: Series,
  gains: readonly number[],
): number[] {
  const freedom = Math.max(1, values.length - members.length - 1);
  // Without any spread left, the power below is infinite, and only the best splits remain.
  const floor = total * 1e-12;
  const logs = gains.map((gain) =>
    gain > 0
      ? -freedom / 2 * Math.log(Math.max(floor, total - gain))
      : -Infinity
  );
  const top = logs.reduce((most, log) => Math.max(most, log), -Infinity);
  const shares = [...logs.entries()]
    .map(([at, log]) => ({
      at,
      mass: log === undefined ? 0 : Math.exp(log - top),
    }))
    .filter(({ mass }) => mass > 0)
    .sort((a, b) => b.mass - a.mass);
  const all = shares.reduce((sum, { mass }) => sum + mass, 0);
  let [held, least] = [0, 0];
  const kept = shares.filter(({ mass }) => {
    const isNeeded = held < 0.95 * all;
    if (isNeeded) least = mass;
    held += mass;
    // Of places that are equally likely none is left out.
    return isNeeded || mass >= least * (1 - 1e-9);
  });
  return kept.map(({ at }) => at).sort((a, b) => a - b);
}
