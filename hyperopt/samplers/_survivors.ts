import { crowdingOf } from "../objectives/_fronts.ts";
import type { Row } from "./_history.ts";
import { type EndedTrial, type Measured, rankedFronts } from "./_results.ts";

/** A trial that can be a parent. */
export interface Parent {
  readonly row: Row;
  /** The front of the trial, from 0. */
  readonly front: number;
  /** The crowding distance in its front. */
  readonly distance: number;
}

/** A generation, and the trials that survived it. */
interface Generation {
  readonly trials: readonly EndedTrial[];
  readonly survivors: readonly Measured[];
}

/**
 * The survivors of each generation. The trials that ended, by their numbers, are cut into generations, so the
 * result does not depend on the order in which they ended. Survivors are kept, and found again from the first
 * generation that changed.
 */
export class Survivors {
  readonly #population: number;
  readonly #generations: Generation[] = [];
  #parents: readonly Parent[] = [];

  constructor(population: number) {
    this.#population = population;
  }

  /** Returns the parents of the next trial: the survivors of the last whole generation. */
  after(ended: readonly EndedTrial[]): readonly Parent[] {
    const count = Math.floor(ended.length / this.#population);
    let isNew = this.#generations.length !== count;
    for (let index = 0; index < count; index++) {
      const from = index * this.#population;
      const trials = ended.slice(from, from + this.#population);
      const known = this.#generations[index];
      if (known !== undefined && isSame(known.trials, trials)) continue;
      // Later generations follow from this one.
      const before = this.#generations[index - 1]?.survivors ?? [];
      const survivors = this.#select(before, trials);
      this.#generations.splice(index, Infinity, { trials, survivors });
      isNew = true;
    }
    this.#generations.length = count;
    if (isNew) {
      this.#parents = parentsOf(this.#generations[count - 1]?.survivors ?? []);
    }
    return this.#parents;
  }

  #select(
    before: readonly Measured[],
    trials: readonly EndedTrial[],
  ): Measured[] {
    const measured = trials.flatMap(({ measured }) => measured ?? []);
    const survivors: Measured[] = [];
    for (const front of rankedFronts([...before, ...measured])) {
      const room = this.#population - survivors.length;
      survivors.push(...front.length <= room ? front : spread(front, room));
      if (survivors.length >= this.#population) break;
    }
    return survivors;
  }
}

/** Returns the least crowded trials of a front, by number. */
function spread(front: readonly Measured[], count: number): Measured[] {
  const distances = crowdingOf(front.map(({ losses }) => losses));
  return front.map((trial, index) => ({ trial, index }))
    .sort((a, b) => {
      const one = distances[a.index] as number;
      const other = distances[b.index] as number;
      return one === other ? a.index - b.index : other - one;
    })
    .slice(0, count)
    .sort((a, b) => a.index - b.index)
    .map(({ trial }) => trial);
}

function parentsOf(survivors: readonly Measured[]): Parent[] {
  return rankedFronts(survivors).flatMap((trials, front) => {
    const distances = crowdingOf(trials.map(({ losses }) => losses));
    return trials.map(({ row }, index) => ({
      row,
      front,
      distance: distances[index] as number,
    }));
  });
}

function isSame(
  known: readonly EndedTrial[],
  trials: readonly EndedTrial[],
): boolean {
  return known.every((trial, index) => trial === trials[index]);
}
