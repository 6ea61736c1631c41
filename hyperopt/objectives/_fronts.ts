import { dominates, type Score } from "./_score.ts";

/**
 * Sorts results into fronts: each front has those that only results of earlier fronts dominate. Feasible results
 * come first; the others follow by their violation, and those of equal violation are one front.
 *
 * Source: K. Deb, A. Pratap, S. Agarwal and T. Meyarivan, A Fast and Elitist Multiobjective Genetic Algorithm:
 * NSGA-II, IEEE Transactions on Evolutionary Computation 6 (2002).
 *
 * @param scores The results; those of each front keep their order.
 * @returns the fronts, as indices of the results.
 */
export function frontsOf(scores: readonly Score[]): number[][] {
  const feasible: number[] = [];
  const violated = new Map<number, number[]>();
  scores.forEach(({ violation }, index) => {
    if (violation === 0) feasible.push(index);
    else {
      const same = violated.get(violation);
      if (same === undefined) violated.set(violation, [index]);
      else same.push(index);
    }
  });
  const behind = [...violated].sort(([a], [b]) => a - b).map(([, same]) =>
    same
  );
  return [...sorted(scores, feasible), ...behind];
}

/** Sorts feasible results. Each goes into the first front of which no member dominates it. */
function sorted(
  scores: readonly Score[],
  indices: readonly number[],
): number[][] {
  const losses = (index: number) => (scores[index] as Score).losses;
  // In this order no result is dominated by a later one.
  const ordered = [...indices].sort((a, b) =>
    compareLosses(losses(a), losses(b)) || a - b
  );
  const fronts: number[][] = [];
  for (const index of ordered) {
    const own = losses(index);
    const front = fronts.find((members) =>
      !members.some((member) => dominates(losses(member), own))
    );
    if (front === undefined) fronts.push([index]);
    else front.push(index);
  }
  for (const front of fronts) front.sort((a, b) => a - b);
  return fronts;
}

/** Compares losses by the first objective in which they differ. */
export function compareLosses(
  one: readonly number[],
  other: readonly number[],
): number {
  for (let i = 0; i < one.length; i++) {
    const difference = (one[i] as number) - (other[i] as number);
    if (difference !== 0) return difference;
  }
  return 0;
}

/**
 * Returns the crowding distance of each result of a front: how far its neighbours are apart, summed over the
 * objectives in units of their ranges; infinite for the least and the greatest.
 *
 * @param losses The losses of each result.
 */
export function crowdingOf(losses: readonly (readonly number[])[]): number[] {
  const distances = losses.map(() => 0);
  const order = losses.map((_, index) => index);
  for (let objective = 0; objective < (losses[0]?.length ?? 0); objective++) {
    const at = (place: number) =>
      losses[order[place] as number]?.[objective] as number;
    order.sort((a, b) =>
      (losses[a]?.[objective] as number) - (losses[b]?.[objective] as number) ||
      a - b
    );
    const last = order.length - 1;
    const range = at(last) - at(0);
    // Where all are equal, none is at an end.
    if (!(range > 0)) continue;
    order.forEach((index, place) => {
      const isEnd = place === 0 || place === last;
      (distances[index] as number) += isEnd
        ? Infinity
        : (at(place + 1) - at(place - 1)) / range;
    });
  }
  return distances;
}
