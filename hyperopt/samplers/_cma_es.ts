import type { Random } from "../random.ts";
import type { Dimension, Point } from "../spaces/space.ts";
import { type Axis, axisOf } from "./_axis.ts";
import {
  CmaChain,
  type CmaLink,
  type CmaSettings,
  type CmaSpace,
} from "./_cma_chain.ts";
import { History, rowOf } from "./_history.ts";
import { place } from "./_place.ts";
import type { Observation, Sampler } from "./sampler.ts";

/** How often a point is drawn until all of its numbers are in range. */
const DRAWS = 100;

/** How many points of the distribution a trial gets; if all of them were tried before, it gets random ones. */
const PATIENCE = 20;

/** The sampler behind {@linkcode cmaEsSampler}. */
export class CmaEs implements Sampler {
  readonly name = "cma-es";
  readonly #dimensions: readonly Dimension[];
  readonly #axes: readonly Axis[];
  readonly #space: CmaSpace;
  readonly #history: History;
  readonly #chain: CmaChain;
  readonly #leastPoints: number;
  /** The distribution of the next points, until another trial ends. */
  #link: CmaLink | undefined;

  constructor(dimensions: readonly Dimension[], settings: CmaSettings) {
    const axes = dimensions.map(axisOf);
    const moving = dimensions.map((_, index) => index)
      .filter((index) => dimensions[index]?.low !== dimensions[index]?.high);
    this.#dimensions = dimensions;
    this.#axes = axes;
    this.#space = {
      axes,
      numbers: moving.filter((index) => axes[index]?.choices === 0),
      categories: moving.filter((index) => axes[index]?.choices !== 0),
    };
    this.#history = new History((point) => rowOf(dimensions, axes, point));
    this.#chain = new CmaChain(this.#space, settings);
    this.#leastPoints = dimensions.length + 3;
  }

  sample(_trial: number, random: Random, again = 0): Point {
    const units = again < PATIENCE
      ? this.#units(random)
      : this.#dimensions.map(() => random.next());
    return place(
      this.#dimensions,
      this.#axes,
      (dimension) => units[dimension] as number,
    );
  }

  started(trial: number, point: Point): void {
    this.#history.started(trial, point);
  }

  observe(observation: Observation): void {
    this.#link = undefined;
    this.#history.observe(observation);
  }

  /** Draws a position in each dimension. */
  #units(random: Random): number[] {
    const link = this.#link ??= this.#chain.last(
      this.#history.ranking(this.#leastPoints),
    );
    const units = this.#dimensions.map(() => 0.5);
    const { numbers, categories, axes } = this.#space;
    categories.forEach((dimension, index) => {
      const chances = link.chances[index] as Float64Array;
      const count = (axes[dimension] as Axis).choices;
      units[dimension] = (choose(chances, random) + 0.5) / count;
    });
    const drawn = draw(link, random);
    numbers.forEach((dimension, index) => {
      units[dimension] = drawn[index] as number;
    });
    return units;
  }
}

/** Draws the numbers again until they are in range, which keeps the distribution as it is inside; mirrors them if that takes too long. */
function draw({ state }: CmaLink, random: Random): Float64Array {
  const { mean, sigma, covariance } = state;
  for (let count = 1;; count++) {
    const step = covariance.draw(mean.map(() => random.normal()));
    const drawn = step.map((y, i) => (mean[i] as number) + sigma * y);
    if (drawn.every((x) => x >= 0 && x <= 1)) return drawn;
    if (count === DRAWS) return drawn.map(mirrored);
  }
}

/** Returns the position in the range to which reflections at its ends lead. */
function mirrored(x: number): number {
  const folded = Math.abs(x) % 2;
  return folded > 1 ? 2 - folded : folded;
}

function choose(chances: Float64Array, random: Random): number {
  let rest = random.next();
  for (let choice = 0; choice + 1 < chances.length; choice++) {
    rest -= chances[choice] as number;
    if (rest < 0) return choice;
  }
  return chances.length - 1;
}
