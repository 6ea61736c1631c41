import type { Point } from "../spaces/space.ts";
import { type Densities, scoreOf } from "./_densities.ts";
import { distance, spacing } from "./_distance.ts";
import type { Row } from "./_history.ts";
import type { ParzenSpace } from "./_parzen_space.ts";

/** The model of a fidelity, and how far it is to be trusted. */
export interface WeightedModel {
  readonly densities: Densities;
  /** Above 0, at most 1. */
  readonly weight: number;
}

/** From what points keep apart. */
export interface Surroundings {
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
 * Compares points by the weighted sum of their scores at each fidelity, and returns the best of those that are as
 * far from all known points as evenly spread points would be; if there is none, the one that is farthest from them.
 *
 * A cheap result says little near one that is known. Points close to the best trial are worse than useless: they
 * win every promotion of their bracket, and each full training repeats what is known.
 */
export function mostPromising(
  points: readonly Point[],
  models: readonly WeightedModel[],
  around: Surroundings,
): Point {
  const candidates = points.map((point) => candidateOf(point, around));
  const [first, ...others] = farthest(candidates);
  let best = first as Candidate;
  // Scores cost most, and often only one point is far enough.
  if (others.length === 0) return best.point;
  let most = score(best, models);
  for (const other of others) {
    const reached = score(other, models);
    if (!(reached > most)) continue;
    [best, most] = [other, reached];
  }
  return best.point;
}

/**
 * Returns the first point that is as far from all known points as evenly spread points would be; if there is none,
 * the one that is farthest from them.
 */
export function firstApart(
  points: Iterable<Point>,
  around: Surroundings,
): Point {
  const passed: Candidate[] = [];
  const wanted = wantedSpacing(around);
  for (const point of points) {
    const candidate = candidateOf(point, around);
    passed.push(candidate);
    if (!candidate.wasTried && candidate.nearest === wanted) break;
  }
  const [found] = farthest(passed);
  return (found as Candidate).point;
}

function wantedSpacing({ known, space }: Surroundings): number {
  return space.isCoarse ? 0 : spacing(space.choices, known.length);
}

function candidateOf(point: Point, around: Surroundings): Candidate {
  const { known, space } = around;
  const row = space.row(point);
  let nearest = wantedSpacing(around);
  for (const other of known) {
    nearest = distance(space.choices, row, other, nearest);
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

function score({ row }: Candidate, models: readonly WeightedModel[]): number {
  return models.reduce(
    (sum, { densities, weight }) => sum + weight * scoreOf(densities, row),
    0,
  );
}
