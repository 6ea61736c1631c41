import type { Point } from "../spaces/space.ts";
import { type Densities, scoreOf } from "./_densities.ts";
import { distance, spacing } from "./_distance.ts";
import type { Row } from "./_history.ts";
import type { ParzenSpace } from "./_parzen_space.ts";

/** What points are compared by. */
export interface Comparison {
  /** One model a fidelity. */
  readonly models: readonly Densities[];
  /** The rows of all trials, also of the running ones. */
  readonly known: readonly Row[];
  readonly space: ParzenSpace;
}

/** A point that is compared with others. */
interface Candidate {
  readonly point: Point;
  readonly row: Row;
  readonly wasTried: boolean;
  /** The distance of the nearest known point, at most that which is wanted. */
  readonly nearest: number;
}

/**
 * Compares points by the sum of their scores at each fidelity, and returns the best of those that are as far from
 * all known points as evenly spread points would be; if there is none, the one that is farthest from them.
 *
 * A cheap result says little near one that is known. Points close to the best trial are worse than useless: they
 * win every promotion of their bracket, and each full training repeats what is known.
 */
export function mostPromising(
  points: readonly Point[],
  comparison: Comparison,
): Point {
  const candidates = points.map((point) => candidateOf(point, comparison));
  const [first, ...others] = farthest(candidates);
  let best = first as Candidate;
  // Scores cost most, and often only one point is far enough.
  if (others.length === 0) return best.point;
  let most = score(best, comparison);
  for (const other of others) {
    const reached = score(other, comparison);
    if (!(reached > most)) continue;
    [best, most] = [other, reached];
  }
  return best.point;
}

function candidateOf(
  point: Point,
  { known, space }: Comparison,
): Candidate {
  const row = space.row(point);
  let nearest = spacing(space.choices, known.length);
  for (const other of known) {
    nearest = Math.min(nearest, distance(space.choices, row, other));
  }
  return { point, row, wasTried: space.wasTried(point), nearest };
}

/** Returns those that were not tried, unless all were, and of them those that are farthest from the known points. */
function farthest(candidates: readonly Candidate[]): Candidate[] {
  const untried = candidates.filter(({ wasTried }) => !wasTried);
  const left = untried.length > 0 ? untried : candidates;
  const most = left.reduce((far, { nearest }) => Math.max(far, nearest), 0);
  return left.filter(({ nearest }) => nearest === most);
}

function score({ row }: Candidate, { models }: Comparison): number {
  return models.reduce((sum, model) => sum + scoreOf(model, row), 0);
}
