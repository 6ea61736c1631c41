import type { Point } from "../spaces/space.ts";
import { type DimensionChoices, distance, spacing } from "./_distance.ts";
import type { Row } from "./_history.ts";
import type { Parzen } from "./_parzen.ts";

/** How many points are compared for one trial. */
const SCREENED = 8;

/** The density of good trials, and that of bad ones. */
export interface Densities {
  readonly better: Parzen;
  readonly worse: Parzen;
}

/** What a point is screened by. */
export interface Screen {
  /** One model a fidelity. */
  readonly models: readonly Densities[];
  /** The rows of all trials, also of the running ones. */
  readonly known: readonly Row[];
  readonly choices: DimensionChoices;
  /** Draws a uniform point. */
  readonly draw: () => Point;
  readonly rowOf: (point: Point) => Row;
  readonly wasTried: (point: Point) => boolean;
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
  const apart = spacing(screen.choices, screen.known.length);
  let best = candidateOf(screen, apart);
  for (let count = 1; count < SCREENED; count++) {
    const other = candidateOf(screen, apart);
    if (isBetter(other, best)) best = other;
  }
  return best.point;
}

function candidateOf(
  { models, known, choices, draw, rowOf, wasTried }: Screen,
  apart: number,
): Candidate {
  const point = draw();
  const row = rowOf(point);
  let nearest = apart;
  for (const other of known) {
    nearest = Math.min(nearest, distance(choices, row, other));
  }
  let score = 0;
  for (const { better, worse } of models) {
    score += better.logDensity(row) - worse.logDensity(row);
  }
  return { point, wasTried: wasTried(point), nearest, score };
}

function isBetter(one: Candidate, other: Candidate): boolean {
  if (one.wasTried !== other.wasTried) return other.wasTried;
  if (one.nearest !== other.nearest) return one.nearest > other.nearest;
  return one.score > other.score;
}
