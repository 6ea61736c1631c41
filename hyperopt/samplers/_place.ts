import type { Dimension, Point } from "../spaces/space.ts";
import type { Axis } from "./_axis.ts";

/** Tells whether a dimension exists, given the numbers of the dimensions before it. */
export function exists(dimension: Dimension, point: Point): boolean {
  const { when } = dimension;
  if (when === undefined) return true;
  const chosen = point[when.dimension];
  return chosen !== undefined && when.positions.includes(chosen);
}

/**
 * Returns the point at a place of the unit cube.
 *
 * `unit` is called once for every dimension, in order, even for those that do not exist in the point, so that a
 * choice does not change the numbers of later dimensions.
 */
export function place(
  dimensions: readonly Dimension[],
  axes: readonly Axis[],
  unit: (dimension: number) => number,
): Point {
  const point: (number | undefined)[] = [];
  dimensions.forEach((dimension, index) => {
    const position = unit(index);
    const axis = axes[index] as Axis;
    point.push(
      exists(dimension, point) ? axis.fromUnit(position) : undefined,
    );
  });
  return point;
}
