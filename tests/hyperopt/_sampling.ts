import { assertEquals } from "@std/assert";
import { conditional } from "../../hyperopt/spaces/conditional.ts";
import { defineSpace } from "../../hyperopt/spaces/define_space.ts";
import { float, int } from "../../hyperopt/spaces/parameter.ts";
import { createRandom, type Random } from "../../hyperopt/random.ts";
import type { Sampler } from "../../hyperopt/samplers/sampler.ts";
import type { Dimension, Point, Space } from "../../hyperopt/spaces/space.ts";

/** Runs a sampler trial by trial; returns the points in order. */
export function search(
  sampler: Sampler,
  random: Random,
  options: {
    trials: number;
    loss: (point: Point, trial: number) => number | undefined;
    from?: number;
  },
): Point[] {
  const { trials, loss, from = 0 } = options;
  const points: Point[] = [];
  for (let trial = from; trial < from + trials; trial++) {
    const point = sampler.sample(trial, random.fork(trial));
    if (point === undefined) break;
    sampler.started?.(trial, point);
    sampler.observe?.({ trial, point, fidelity: 1, loss: loss(point, trial) });
    points.push(point);
  }
  return points;
}

/** Returns the least loss of a search, for several seeds. */
export function bests(
  make: () => Sampler,
  loss: (point: Point) => number,
  { trials, seeds }: { trials: number; seeds: number },
): number[] {
  return Array.from({ length: seeds }, (_, seed) => {
    const points = search(make(), createRandom(seed), { trials, loss });
    return Math.min(...points.map(loss));
  });
}

/** Two floats. */
export const square: Space<{ readonly x: number; readonly y: number }> =
  defineSpace({ x: float(-5, 5), y: float(-5, 5) });

/** A function with its minimum at (2, -1). */
export function bowl([x = 0, y = 0]: Point): number {
  return (x - 2) ** 2 + (y + 1) ** 2;
}

/** Returns the share of points for which a condition holds. */
export function share(
  points: readonly Point[],
  is: (point: Point) => boolean,
): number {
  return points.filter(is).length / points.length;
}

/** Returns what is wrong with a point, or `undefined`. */
export function fault(
  space: Space<unknown>,
  point: Point,
): string | undefined {
  if (point.length !== space.dimensions.length) return "wrong length";
  for (const [index, dimension] of space.dimensions.entries()) {
    const wrong = faultOf(dimension, point, point[index]);
    if (wrong) return `${dimension.path}=${point[index]}: ${wrong}`;
  }
  return undefined;
}

function faultOf(
  { kind, low, high, when }: Dimension,
  point: Point,
  value: number | undefined,
): string | undefined {
  const chosen = when && point[when.dimension];
  const exists = when === undefined ||
    (chosen !== undefined && when.positions.includes(chosen));
  if (!exists) return value === undefined ? undefined : "must not exist";
  if (value === undefined) return "must exist";
  if (!(value >= low && value <= high)) return "out of range";
  return kind === "float" || Number.isInteger(value) ? undefined : "no integer";
}

/** Returns Pearson's statistic of counts against equal shares. */
export function chiSquare(counts: readonly number[]): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const share = total / counts.length;
  return counts.reduce((sum, count) => sum + (count - share) ** 2 / share, 0);
}

/** Counts the numbers from 0 to 1 in each of equal bins. */
export function binned(units: Iterable<number>, bins: number): number[] {
  const counts = new Array<number>(bins).fill(0);
  for (const unit of units) {
    const bin = Math.min(bins - 1, Math.floor(unit * bins));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}

/** Returns the median of numbers. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const half = sorted.length / 2;
  return ((sorted[Math.ceil(half) - 1] ?? NaN) +
    (sorted[Math.floor(half)] ?? NaN)) / 2;
}

/** A choice of two models with parameters of their own; the second one is better, at 70 trees and a depth of 5. */
export function twoModels(): {
  readonly space: Space<unknown>;
  readonly loss: (point: Point) => number;
  /** Fails unless a point has exactly the parameters of its model. */
  readonly assertFits: (point: Point) => void;
} {
  return {
    space: defineSpace({
      model: conditional("name", {
        linear: { l2: float(0, 1) },
        forest: { trees: int(1, 100), depth: int(1, 20) },
      }),
    }),
    loss: ([name, l2 = 0, trees = 0, depth = 0]) =>
      name === 0
        ? 1 + (l2 - 0.5) ** 2
        : ((trees - 70) / 30) ** 2 + ((depth - 5) / 5) ** 2,
    assertFits: ([name, l2, trees, depth]) => {
      assertEquals(l2 !== undefined, name === 0);
      assertEquals(trees !== undefined, name === 1);
      assertEquals(depth !== undefined, name === 1);
    },
  };
}
