import type { Random } from "../random.ts";
import type { Point } from "../spaces/space.ts";
import { type Densities, densitiesOf } from "./_densities.ts";
import type { History } from "./_history.ts";
import type { ParzenSpace } from "./_parzen_space.ts";
import { screened } from "./_screened.ts";

/**
 * Which share of the trials of a fidelity counts as good. A model of cheap results that is followed further finds
 * what is good at first, and the survivors of a bracket are then all of one place.
 */
const GOOD_SHARE = 0.25;

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

  constructor({ space, history, leastPoints }: RungTpeOptions) {
    this.#space = space;
    this.#history = history;
    this.#leastPoints = leastPoints;
  }

  /** Whether trials are compared at several fidelities. */
  get isUsed(): boolean {
    return this.#hasRungs || this.#history.levels.size > 1;
  }

  prepare(fidelities: readonly number[]): void {
    this.#hasRungs = fidelities.length > 1;
  }

  /**
   * Tells whether the models can be used: not while there are results of one rung only, which may mislead.
   */
  get isReady(): boolean {
    const full = [...this.#history.levels.values()]
      .filter(({ length }) => length >= this.#leastPoints);
    return !this.#hasRungs || full.length >= 2;
  }

  sample(random: Random): Point {
    return screened({
      models: this.#models(),
      known: [...this.#history.rows()],
      space: this.#space,
      random,
    });
  }

  /** Returns the models of the fidelities, the greatest first. */
  #models(): Densities[] {
    const splits = this.#history.splits(this.#leastPoints, GOOD_SHARE);
    // Where trials are stopped anywhere, those that went further are better.
    if (splits.length === 0) {
      splits.push(this.#history.split(this.#leastPoints, GOOD_SHARE));
    }
    return splits.map((split) => densitiesOf(this.#space.kinds, split));
  }
}
