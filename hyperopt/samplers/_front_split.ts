import { addedVolume } from "../objectives/hypervolume.ts";
import type { Row } from "./_history.ts";
import { type EndedTrial, type Measured, rankedFronts } from "./_results.ts";

type Losses = readonly number[];

/** The good trials with their weights, and the bad ones. */
export interface FrontSplit {
  readonly good: readonly Row[];
  /** Their mean is 1. */
  readonly weights: Float64Array;
  readonly bad: readonly Row[];
}

/** More good trials say little more, and their hypervolumes take long. */
const MOST_GOOD = 25;

/** Losses are in units of their ranges, and this is a bit worse than the worst. */
const REFERENCE = 1.1;

/** The least weight of a good trial, in units of the mean: a dominated one adds no hypervolume. */
const LEAST_WEIGHT = 0.1;

/**
 * Splits trials of several objectives into good and bad ones: whole fronts are good while there is room, then
 * those of the next front that add most hypervolume. Good trials weigh by the hypervolume that they alone add.
 *
 * Source: Y. Ozaki, Y. Tanigaki, S. Watanabe, M. Nomura and M. Onishi, Multiobjective Tree-Structured Parzen
 * Estimator, Journal of Artificial Intelligence Research 73 (2022).
 */
export function splitFronts(
  ended: readonly EndedTrial[],
  goodShare: number,
): FrontSplit {
  const measured = ended.flatMap(({ measured }) => measured ?? []);
  const count = Math.min(MOST_GOOD, Math.ceil(goodShare * ended.length));
  const good: Measured[] = [];
  const bad: Measured[] = [];
  for (const front of rankedFronts(measured)) {
    const room = count - good.length;
    const taken = new Set(front.length <= room ? front : chosen(front, room));
    for (const trial of front) (taken.has(trial) ? good : bad).push(trial);
  }
  const failed = ended.filter(({ measured }) => measured === undefined);
  return {
    good: good.map(({ row }) => row),
    weights: weightsOf(good),
    bad: [...bad, ...failed].map(({ row }) => row),
  };
}

/**
 * Chooses those trials of a front that together have a great hypervolume, one after the other. What a trial adds
 * never grows, so the one that added most before is looked at first.
 */
function chosen(front: readonly Measured[], count: number): Measured[] {
  if (front.some(({ violation }) => violation > 0)) {
    return front.slice(0, count);
  }
  const { units, reference } = inUnits(front);
  const taken: Losses[] = [];
  const found: Measured[] = [];
  const added = (index: number) =>
    addedVolume(units[index] as Losses, taken, reference);
  const left = front.map((_, index) => ({ index, most: Infinity }));
  while (found.length < count && left.length > 0) {
    let best = 0;
    let most = -Infinity;
    left.sort((a, b) => b.most - a.most || a.index - b.index);
    for (const [place, one] of left.entries()) {
      if (one.most <= most) break;
      one.most = added(one.index);
      if (one.most <= most) continue;
      most = one.most;
      best = place;
    }
    const [one] = left.splice(best, 1);
    taken.push(units[one!.index] as Losses);
    found.push(front[one!.index] as Measured);
  }
  return found;
}

/** Returns the weights of good trials, whose mean is 1. */
function weightsOf(good: readonly Measured[]): Float64Array {
  const feasible = good.filter(({ violation }) => violation === 0);
  const { units, reference } = inUnits(feasible);
  const added = units.map((point, index) =>
    Math.max(0, addedVolume(point, units.toSpliced(index, 1), reference))
  );
  const mean = added.reduce((sum, share) => sum + share, 0) / added.length;
  // Feasible trials are before the others.
  const weights = Float64Array.from(
    good,
    (_, index) =>
      mean > 0 ? Math.max(LEAST_WEIGHT, (added[index] ?? 0) / mean) : 1,
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight * good.length / total);
}

/** Returns losses in units of their ranges. */
function inUnits(
  trials: readonly Measured[],
): { units: Losses[]; reference: Losses } {
  const first = trials[0]?.losses ?? [];
  const ranges = first.map((_, objective) => {
    const all = trials.map(({ losses }) => losses[objective] as number);
    const low = Math.min(...all);
    return { low, range: Math.max(...all) - low };
  });
  return {
    units: trials.map(({ losses }) =>
      ranges.map(({ low, range }, objective) =>
        range > 0 ? ((losses[objective] as number) - low) / range : 0
      )
    ),
    reference: first.map(() => REFERENCE),
  };
}
