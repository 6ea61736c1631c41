import type { Random } from "../random.ts";
import type { Dimension, Point } from "../spaces/space.ts";
import type { Axis } from "./_axis.ts";
import { minimize, type Slope } from "./_minimize.ts";
import { exists, place } from "./_place.ts";

/** A function of points, to be made as great as possible. */
export interface Score {
  /** Returns its value. */
  at(point: Point): number;
  /** Returns minus its value, and the gradient of that by the positions of the dimensions. */
  slope(point: Point): Slope;
}

/** The space in which a point is looked for. */
export interface Ground {
  readonly dimensions: readonly Dimension[];
  readonly axes: readonly Axis[];
  /** Where it has choices, only points with the same choices are looked for. */
  readonly held?: Point;
}

/** A point with its score. */
export interface Scored {
  readonly point: Point;
  readonly score: number;
}

/** How many points are drawn at random, and how many around each good point. */
const EVERYWHERE = 300;
const AROUND = 30;

/** The deviations around good points, as shares of the range. */
const DEVIATIONS = [0.2, 0.05, 0.01] as const;

/** How many of the best points are improved step by step. */
const CLIMBERS = 4;

const ROUNDS = 3;

/**
 * Looks for the point of the greatest score: random points and points around good ones, of which the best are
 * improved by gradient steps for floats, and by trying neighbours for whole numbers and choices.
 *
 * @param ground The space, and the choices that are held.
 * @param score The score.
 * @param options The generator, good points, and whether a point must not be used.
 * @returns the best point and its score; `undefined` if every point that was found must not be used.
 */
export function bestPoint(
  ground: Ground,
  score: Score,
  { random, good, isBarred }: {
    random: Random;
    good: readonly Point[];
    isBarred: (point: Point) => boolean;
  },
): Scored | undefined {
  const found = [...candidates(ground, good, random)]
    .filter((point) => !isBarred(point))
    .map((point): Scored => ({ point, score: score.at(point) }))
    .sort((a, b) => b.score - a.score);
  let best = found[0];
  for (const start of found.slice(0, CLIMBERS)) {
    const end = climb(ground, score, start, isBarred);
    if (best === undefined || end.score > best.score) best = end;
  }
  return best;
}

function* candidates(
  ground: Ground,
  good: readonly Point[],
  random: Random,
): Generator<Point> {
  const { dimensions, axes } = ground;
  const placed = (unit: (index: number) => number) =>
    place(dimensions, axes, (index) => heldUnit(ground, index) ?? unit(index));
  for (let count = 0; count < EVERYWHERE; count++) {
    yield placed(() => random.next());
  }
  for (const middle of good) {
    for (let count = 0; count < AROUND; count++) {
      const deviation = DEVIATIONS[count % DEVIATIONS.length] as number;
      yield placed((index) =>
        near(axes[index] as Axis, middle[index], deviation, random)
      );
    }
  }
}

/** Returns the position of a choice that is held. */
function heldUnit({ axes, held }: Ground, index: number): number | undefined {
  const axis = axes[index] as Axis;
  const value = held?.[index];
  return axis.choices > 0 && value !== undefined
    ? axis.toUnit(value)
    : undefined;
}

/** Draws a position around a value. */
function near(
  axis: Axis,
  value: number | undefined,
  deviation: number,
  random: Random,
): number {
  const anywhere = random.next();
  const away = random.normal();
  if (value === undefined) return anywhere;
  const middle = axis.toUnit(value);
  if (axis.choices > 0) return Math.abs(away) > 1.5 ? anywhere : middle;
  const width = Math.max(deviation, axis.width(value) / 2);
  return Math.min(1, Math.max(0, middle + width * away));
}

/** Improves a point until nothing helps. */
function climb(
  ground: Ground,
  score: Score,
  start: Scored,
  isBarred: (point: Point) => boolean,
): Scored {
  let best = start;
  for (let round = 0; round < ROUNDS; round++) {
    const before = best.score;
    const smooth = slide(ground, score, best);
    if (smooth.score > best.score && !isBarred(smooth.point)) best = smooth;
    for (const point of neighbours(ground, best.point)) {
      if (isBarred(point)) continue;
      const value = score.at(point);
      if (value > best.score) best = { point, score: value };
    }
    if (best.score <= before + 1e-6) break;
  }
  return best;
}

/** Moves the floats of a point along the gradient. */
function slide(
  { dimensions, axes }: Ground,
  score: Score,
  { point, score: value }: Scored,
): Scored {
  const moving = dimensions.map((_, index) => index).filter((index) =>
    point[index] !== undefined &&
    axes[index]?.width(point[index] as number) === 0
  );
  if (moving.length === 0) return { point, score: value };
  const pointAt = (units: Float64Array): Point => {
    const moved = [...point];
    moving.forEach((index, i) => {
      moved[index] = axes[index]?.fromUnit(units[i] as number);
    });
    return moved;
  };
  const start = Float64Array.from(
    moving,
    (index) => axes[index]?.toUnit(point[index] as number) as number,
  );
  const { x, value: least } = minimize(
    (units) => {
      const { value, gradient } = score.slope(pointAt(units));
      return {
        value,
        gradient: Float64Array.from(
          moving,
          (index) => gradient[index] as number,
        ),
      };
    },
    start,
    {
      low: new Float64Array(moving.length),
      high: new Float64Array(moving.length).fill(1),
      steps: 20,
    },
  );
  return { point: pointAt(x), score: -least };
}

/** Lists the points that differ in one whole number, step or choice. */
function* neighbours(ground: Ground, point: Point): Generator<Point> {
  const { dimensions, axes } = ground;
  for (const [index, axis] of axes.entries()) {
    const value = point[index];
    if (value === undefined || axis.width(value) === 0) continue;
    if (heldUnit(ground, index) !== undefined) continue;
    for (const other of valuesNear(axis, value)) {
      if (other === value) continue;
      yield moved(dimensions, axes, point, { index, other });
    }
  }
}

function valuesNear(axis: Axis, value: number): number[] {
  if (axis.choices > 0) {
    return Array.from({ length: axis.choices }, (_, choice) => choice);
  }
  const middle = axis.toUnit(value);
  const width = axis.width(value);
  return [1, 2, 4, 8].flatMap((bins) => [-bins, bins])
    .map((bins) => middle + bins * width)
    .filter((unit) => unit >= 0 && unit <= 1)
    .map((unit) => axis.fromUnit(unit));
}

/** Sets one dimension; dimensions that exist only then get their middle. */
function moved(
  dimensions: readonly Dimension[],
  axes: readonly Axis[],
  point: Point,
  { index, other }: { index: number; other: number },
): Point {
  const changed: (number | undefined)[] = [];
  dimensions.forEach((dimension, at) => {
    if (at === index) changed.push(other);
    else if (!exists(dimension, changed)) changed.push(undefined);
    else changed.push(point[at] ?? axes[at]?.fromUnit(0.5));
  });
  return changed;
}
