import type { Random } from "../random.ts";
import type { Point } from "../spaces/space.ts";
import { densitiesOf } from "./_densities.ts";
import { type History, type Rung, splitOf } from "./_history.ts";
import {
  firstApart,
  mostPromising,
  type WeightedModel,
} from "./_most_promising.ts";
import type { ParzenSpace } from "./_parzen_space.ts";
import { Skill } from "./_skill.ts";

/** Which share of the trials of a fidelity counts as good. */
const GOOD_SHARE = 0.25;

/**
 * Most points of the models are the best of a few uniform ones. A model of cheap results that is followed further
 * finds what is good at first, and the survivors of a bracket are then all of one place. Without a model, so many
 * points are drawn until one is in a place where nothing is near.
 */
const UNIFORM = 8;

/**
 * The other points of the models are the best of some that are drawn near the trials that are good at the greatest
 * fidelity: on a smooth function, uniform points hardly ever come near the optimum.
 */
const LOCAL = 24;

/** One in so many trials gets a local point: a bracket has both kinds. */
const LOCAL_EVERY = 3;

/** So many trials have to go far before anybody can tell whether a model ranks them. */
const LEAST_JUDGED = 8;

/** What {@linkcode RungTpe} needs. */
export interface RungTpeOptions {
  readonly space: ParzenSpace;
  readonly history: History;
  /** The number of measured trials that a fidelity needs so that it counts. */
  readonly leastPoints: number;
  /** The share of trials that get a random point, however good the models are. */
  readonly randomShare: number;
}

/** The models that are trusted, the greatest fidelity first. */
interface Models {
  readonly models: readonly WeightedModel[];
  /** The share of trials for which they are used. */
  readonly share: number;
}

/**
 * Chooses points where trials are compared at several fidelities: those of random search that are not near a known
 * one, and, as far as models rank the trials that went far, points that the models chose.
 */
export class RungTpe {
  readonly #space: ParzenSpace;
  readonly #history: History;
  readonly #leastPoints: number;
  readonly #randomShare: number;
  readonly #skill: Skill;
  /** The fidelities at which the scheduler compares trials, the least first. */
  #fidelities: readonly number[] = [];
  /** The models, and the revision of the history that they are of. */
  #cached: { readonly revision: number; readonly models: Models } = {
    revision: -1,
    models: { models: [], share: 0 },
  };

  constructor({ space, history, leastPoints, randomShare }: RungTpeOptions) {
    this.#space = space;
    this.#history = history;
    this.#leastPoints = leastPoints;
    this.#randomShare = randomShare;
    this.#skill = new Skill({
      kinds: space.kinds,
      goodShare: GOOD_SHARE,
    });
  }

  /** Whether trials are compared at several fidelities. */
  get isUsed(): boolean {
    return this.#hasRungs || this.#history.levels.size > 1;
  }

  /** Whether results of more than one rung are there: until then, the points are those of random search. */
  get isReady(): boolean {
    if (!this.#hasRungs) return true;
    const enough = [...this.#history.levels.values()]
      .filter(({ length }) => length >= this.#leastPoints);
    return enough.length >= 2;
  }

  /** The share of trials that the models choose now. */
  get share(): number {
    return (1 - this.#randomShare) * this.#models().share;
  }

  prepare(fidelities: readonly number[]): void {
    this.#fidelities = fidelities;
  }

  sample(trial: number, random: Random): Point {
    const around = { known: [...this.#history.rows()], space: this.#space };
    // The point that random search would have comes first, so that both draw the same where nothing is known better.
    const first = this.#space.uniform(random);
    const { models } = this.#models();
    const isRandom = random.next() >= this.share;
    if (isRandom) return firstApart(this.#uniform(first, random), around);
    const drawn = trial % LOCAL_EVERY === LOCAL_EVERY - 1
      ? this.#local(models, random)
      : this.#uniform(first, random);
    return mostPromising([...drawn], models, around);
  }

  get #hasRungs(): boolean {
    return this.#fidelities.length > 1;
  }

  *#uniform(first: Point, random: Random): Generator<Point> {
    yield first;
    for (let count = 1; count < UNIFORM; count++) {
      yield this.#space.uniform(random);
    }
  }

  #local([greatest]: readonly WeightedModel[], random: Random): Point[] {
    const { better } = (greatest as WeightedModel).densities;
    return Array.from(
      { length: LOCAL },
      () => this.#space.draw(better, random),
    );
  }

  #models(): Models {
    const { revision } = this.#history;
    if (this.#cached.revision !== revision) {
      this.#cached = { revision, models: this.#fitted() };
    }
    return this.#cached.models;
  }

  #fitted(): Models {
    const rungs = this.#rungs();
    const judged = this.#judged(rungs);
    if (judged === undefined) return { models: [], share: 0 };
    const { failed, pending } = this.#history.ranking(this.#leastPoints);
    const weights = this.#skill.weights(rungs, judged, failed);
    const bad = [...failed, ...pending].map(({ row }) => row);
    const models = rungs.flatMap(({ ranked }, index) => {
      const weight = weights[index] as number;
      if (weight === 0) return [];
      const split = splitOf(ranked, GOOD_SHARE, bad);
      return [{ weight, densities: densitiesOf(this.#space.kinds, split) }];
    });
    return { models, share: Math.max(0, ...weights) };
  }

  #rungs(): Rung[] {
    const history = this.#history;
    if (this.#hasRungs) {
      // A trial that is stopped on its way is measured where it ends: what went further was among the best before.
      return history.rungs(this.#leastPoints, !history.isResuming);
    }
    // Where trials are stopped anywhere, those that went further are better.
    const { ranked } = history.ranking(this.#leastPoints);
    return [{
      fidelity: Infinity,
      ranked: ranked.map((entry, loss) => ({ ...entry, loss })),
    }];
  }

  /**
   * Returns the trials that judge models: those of the greatest fidelity with enough of them. Those of the first rung
   * do not tell the end, and schedulers sort by their losses anyway. Where trials are stopped on their way, a rung
   * also ranks those that went further, so it is the lower one of the two greatest.
   */
  #judged(rungs: readonly Rung[]): Rung | undefined {
    const least = Math.max(
      this.#fidelities.at(1) ?? 0,
      this.#fidelities.at(-2) ?? 0,
    );
    const far = rungs.filter(({ fidelity, ranked }) =>
      fidelity >= least && ranked.length >= LEAST_JUDGED
    );
    return this.#history.isResuming ? far[0] : far.at(-1);
  }
}
