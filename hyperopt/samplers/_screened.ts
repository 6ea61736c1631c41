import type { Random } from "../random.ts";
import type { Point } from "../spaces/space.ts";
import { type Densities, scoreOf } from "./_densities.ts";
import { distance, spacing } from "./_distance.ts";
import type { Row } from "./_history.ts";
import type { ParzenSpace } from "./_parzen_space.ts";

/** How many points are compared for one trial. */
const SCREENED = 8;

/** What a point is screened by. */
export interface Screen {
  /** One model a fidelity. */
  readonly models: readonly Densities[];
  /** The rows of all trials, also of the running ones. */
  readonly known: readonly Row[];
  readonly space: ParzenSpace;
  readonly random: Random;
}

/** A point that is compared with others. */
interface Candidate {
  readonly point: Point;
  readonly wasTried: boolean;
  /** The distance of the nearest known point, at most that which is wanted. */
  readonly nearest: number;
  readonly score: number;
}

/**
 * Compares a few uniform points by the sum of their scores at each fidelity, and returns the best of those that
 * are not close to a known point.
 *
 * A cheap result is worth little near one that is known, and near-equal configs fill the rungs of a bracket with
 * one place. So uniform points are screened, instead of points being drawn where the model is greatest.
 */
export function screened(screen: Screen): Point {
  const apart = spacing(screen.space.choices, screen.known.length);
  let best = candidateOf(screen, apart);
  for (let count = 1; count < SCREENED; count++) {
    const other = candidateOf(screen, apart);
    if (isBetter(other, best)) best = other;
  }
  return best.point;
}

function candidateOf(
  { models, known, space, random }: Screen,
  apart: number,
): Candidate {
  const point = space.uniform(random);
  const row = space.row(point);
  let nearest = apart;
  for (const other of known) {
    nearest = Math.min(nearest, distance(space.choices, row, other));
  }
  let score = 0;
  for (const model of models) score += scoreOf(model, row);
  return { point, wasTried: space.wasTried(point), nearest, score };
}

function isBetter(one: Candidate, other: Candidate): boolean {
  if (one.wasTried !== other.wasTried) return other.wasTried;
  if (one.nearest !== other.nearest) return one.nearest > other.nearest;
  return one.score > other.score;
}
