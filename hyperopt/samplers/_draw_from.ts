import type { Random } from "../random.ts";
import type { Dimension, Point } from "../spaces/space.ts";
import type { Axis } from "./_axis.ts";
import type { Parzen } from "./_parzen.ts";
import { exists } from "./_place.ts";

/** Draws a point from one kernel of a density, with only the dimensions that its choices leave. */
export function drawFrom(
  density: Parzen,
  { dimensions, axes }: {
    readonly dimensions: readonly Dimension[];
    readonly axes: readonly Axis[];
  },
  random: Random,
): Point {
  const kernel = density.kernel(random);
  const point: (number | undefined)[] = [];
  dimensions.forEach((dimension, index) => {
    if (!exists(dimension, point)) {
      point.push(undefined);
      return;
    }
    const axis = axes[index] as Axis;
    const drawn = density.sample(kernel, index, random);
    point.push(axis.choices > 0 ? drawn : axis.fromUnit(drawn));
  });
  return point;
}
