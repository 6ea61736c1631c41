import type { Random } from "../random.ts";
import { countSteps } from "../spaces/_steps.ts";
import type { Dimension, Point } from "../spaces/space.ts";
import { type Axis, axisOf } from "./_axis.ts";
import type { DimensionChoices } from "./_distance.ts";
import { drawFrom } from "./_draw_from.ts";
import { type Row, rowOf } from "./_history.ts";
import type { Parzen, ParzenDimension } from "./_parzen.ts";
import { place } from "./_place.ts";

/** Of so few values, neighbours are different configs. */
const FEW_VALUES = 10;

function valuesOf({ kind, low, high, step }: Dimension): number {
  if (low === high) return 1;
  if (step !== undefined) return countSteps(low, high, step) + 1;
  return kind === "float" ? Infinity : high - low + 1;
}

/** A space as Parzen estimators see it, and the points without floats that were tried in it. */
export class ParzenSpace {
  readonly #dimensions: readonly Dimension[];
  readonly #axes: readonly Axis[];
  /** The dimensions as the estimators use them. */
  readonly kinds: readonly ParzenDimension[];
  /** The number of choices of each dimension; 0 if it holds numbers. */
  readonly choices: DimensionChoices;
  /** Whether no dimension has many ordered values: then two points that differ are not nearly the same. */
  readonly isCoarse: boolean;
  readonly #tried = new Set<string>();

  constructor(dimensions: readonly Dimension[]) {
    this.#dimensions = dimensions;
    this.#axes = dimensions.map(axisOf);
    this.kinds = dimensions.map(({ when }, index) => ({
      choices: this.#axes[index]?.choices ?? 0,
      always: when === undefined,
    }));
    this.choices = this.kinds.map((kind) => kind.choices);
    this.isCoarse = dimensions.every((dimension, index) =>
      this.choices[index] !== 0 || valuesOf(dimension) <= FEW_VALUES
    );
  }

  /** Writes a point as a row. */
  row(point: Point): Row {
    return rowOf(this.#dimensions, this.#axes, point);
  }

  /** Draws a uniform point. */
  uniform(random: Random): Point {
    return place(this.#dimensions, this.#axes, () => random.next());
  }

  /** Draws a point from a density. */
  draw(density: Parzen, random: Random): Point {
    const ground = { dimensions: this.#dimensions, axes: this.#axes };
    return drawFrom(density, ground, random);
  }

  /** Remembers that a point was tried. */
  remember(point: Point): void {
    if (this.#isDiscrete(point)) this.#tried.add(point.join());
  }

  /** Tells whether a point without floats was tried. */
  wasTried(point: Point): boolean {
    return this.#isDiscrete(point) && this.#tried.has(point.join());
  }

  #isDiscrete(point: Point): boolean {
    return this.#dimensions.every(({ kind }, index) =>
      kind !== "float" || point[index] === undefined
    );
  }
}
