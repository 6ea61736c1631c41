import type { Random } from "../random.ts";
import type { Dimension, Point } from "../spaces/space.ts";
import { type Axis, axisOf } from "./_axis.ts";
import { rowOf } from "./_history.ts";
import { type Parent, Survivors } from "./_survivors.ts";
import { exists, place } from "./_place.ts";
import { Results } from "./_results.ts";
import type { Nsga2Options } from "./nsga2.ts";
import type { Observation, Sampler } from "./sampler.ts";
import { mutated, sbx } from "./_variation.ts";

/** How many children are made for one trial; if all of them were tried before, it gets random points. */
const PATIENCE = 20;

/** The probability that a parameter is mixed if its parents are. */
const MIXED = 0.5;

/** The sampler behind {@linkcode nsga2Sampler}. */
export class Nsga2 implements Sampler {
  readonly name = "nsga2";
  readonly severalObjectives = true;
  readonly #dimensions: readonly Dimension[];
  readonly #axes: readonly Axis[];
  readonly #options: Required<Nsga2Options>;
  readonly #results: Results;
  readonly #survivors: Survivors;

  constructor(
    dimensions: readonly Dimension[],
    options: Required<Nsga2Options>,
  ) {
    const axes = dimensions.map(axisOf);
    this.#dimensions = dimensions;
    this.#axes = axes;
    this.#options = options;
    this.#results = new Results((point) => rowOf(dimensions, axes, point));
    this.#survivors = new Survivors(options.population);
  }

  sample(_trial: number, random: Random, again = 0): Point {
    const parents = this.#survivors.after(this.#results.ended);
    return parents.length < 2 || again >= PATIENCE
      ? place(this.#dimensions, this.#axes, () => random.next())
      : this.#child(parents, random);
  }

  started(trial: number, point: Point): void {
    this.#results.started(trial, point);
  }

  observe(observation: Observation): void {
    this.#results.observe(observation);
  }

  #child(parents: readonly Parent[], random: Random): Point {
    const mother = tournament(parents, random).row;
    const father = tournament(parents, random).row;
    const isMixed = random.next() < this.#options.crossover;
    const child: (number | undefined)[] = [];
    this.#dimensions.forEach((dimension, index) => {
      if (!exists(dimension, child)) {
        child.push(undefined);
        return;
      }
      const axis = this.#axes[index] as Axis;
      const own = mother[index] as number;
      const other = isMixed ? father[index] as number : NaN;
      child.push(
        axis.choices > 0
          ? this.#choice(axis.choices, [own, other], random)
          : axis.fromUnit(this.#number([own, other], random)),
      );
    });
    return child;
  }

  /** Takes the choice of a parent, or any choice if it mutates or no parent has one. */
  #choice(
    count: number,
    [own, other]: readonly [number, number],
    random: Random,
  ): number {
    const isOther = !Number.isNaN(other) && random.next() < MIXED;
    const chosen = isOther || Number.isNaN(own) ? other : own;
    return Number.isNaN(chosen) || random.next() < this.#options.mutation
      ? random.integer(count)
      : chosen;
  }

  #number(
    [own, other]: readonly [number, number],
    random: Random,
  ): number {
    const { crossoverIndex, mutationIndex, mutation } = this.#options;
    let unit = Number.isNaN(own) ? other : own;
    if (Number.isNaN(unit)) return random.next();
    const hasBoth = !Number.isNaN(own) && !Number.isNaN(other);
    if (hasBoth && random.next() < MIXED) {
      unit = sbx(own, other, { index: crossoverIndex, random });
    }
    return random.next() < mutation
      ? mutated(unit, mutationIndex, random)
      : unit;
  }
}

/** Returns the better of two parents: that of the earlier front, then the less crowded one. */
function tournament(parents: readonly Parent[], random: Random): Parent {
  const one = parents[random.integer(parents.length)] as Parent;
  const other = parents[random.integer(parents.length)] as Parent;
  if (one.front !== other.front) return one.front < other.front ? one : other;
  return other.distance > one.distance ? other : one;
}
