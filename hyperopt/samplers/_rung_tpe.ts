import type { Random } from "../random.ts";
import type { Point } from "../spaces/space.ts";
import { type Densities, densitiesOf } from "./_densities.ts";
import type { History } from "./_history.ts";
import { mostPromising } from "./_most_promising.ts";
import type { ParzenSpace } from "./_parzen_space.ts";

/** Which share of the trials of a fidelity counts as good. */
const GOOD_SHARE = 0.25;

/**
 * Most points are the best of a few uniform ones. A model of cheap results that is followed further finds what is
 * good at first, and the survivors of a bracket are then all of one place.
 */
const UNIFORM = 8;

/**
 * The other points are the best of some that are drawn near the trials that are good at the greatest fidelity: on a
 * smooth function, uniform points hardly ever come near the optimum.
 */
const LOCAL = 24;

/** One in so many trials gets a local point: a bracket has both kinds. */
const LOCAL_EVERY = 3;

/** What {@linkcode RungTpe} needs. */
export interface RungTpeOptions {
  readonly space: ParzenSpace;
  readonly history: History;
  /** The number of measured trials that a fidelity needs so that it counts. */
  readonly leastPoints: number;
}

/** Chooses points where trials are compared at several fidelities. */
export class RungTpe {
  readonly #space: ParzenSpace;
  readonly #history: History;
  readonly #leastPoints: number;
  /** Whether the scheduler is known to stop trials at several fidelities. */
  #hasRungs = false;
  /** The models, and the revision of the history that they are of. */
  #cached: { readonly revision: number; readonly models: Densities[] } = {
    revision: -1,
    models: [],
  };

  constructor({ space, history, leastPoints }: RungTpeOptions) {
    this.#space = space;
    this.#history = history;
    this.#leastPoints = leastPoints;
  }

  /** Whether trials are compared at several fidelities. */
  get isUsed(): boolean {
    return this.#hasRungs || this.#history.levels.size > 1;
  }

  /** Whether there are models: not while there are results of one rung only, which may mislead. */
  get isReady(): boolean {
    if (!this.#hasRungs) return true;
    const enough = [...this.#history.levels.values()]
      .filter(({ length }) => length >= this.#leastPoints);
    return enough.length >= 2;
  }

  prepare(fidelities: readonly number[]): void {
    this.#hasRungs = fidelities.length > 1;
  }

  sample(trial: number, random: Random): Point {
    const models = this.#models();
    const drawn = trial % LOCAL_EVERY === LOCAL_EVERY - 1
      ? this.#local(models, random)
      : Array.from({ length: UNIFORM }, () => this.#space.uniform(random));
    return mostPromising(drawn, {
      models,
      known: [...this.#history.rows()],
      space: this.#space,
    });
  }

  #local([greatest]: readonly Densities[], random: Random): Point[] {
    const { better } = greatest as Densities;
    return Array.from(
      { length: LOCAL },
      () => this.#space.draw(better, random),
    );
  }

  /** Returns the models of the fidelities, the greatest first. */
  #models(): readonly Densities[] {
    const { revision } = this.#history;
    if (this.#cached.revision !== revision) {
      this.#cached = { revision, models: this.#fitted() };
    }
    return this.#cached.models;
  }

  #fitted(): Densities[] {
    const history = this.#history;
    // A trial that is stopped on its way is measured where it ends: what went further was among the best before.
    const includesFurther = this.#hasRungs && !history.isResuming;
    const splits = history.splits(
      this.#leastPoints,
      GOOD_SHARE,
      includesFurther,
    );
    // Where trials are stopped anywhere, those that went further are better.
    if (splits.length === 0) {
      splits.push(history.split(this.#leastPoints, GOOD_SHARE));
    }
    return splits.map((split) => densitiesOf(this.#space.kinds, split));
  }
}
