import type { Random } from "../random.ts";
import type { Dimension, Point } from "../spaces/space.ts";
import { type Axis, axisOf } from "./_axis.ts";
import { drawFrom } from "./_draw_from.ts";
import { type FrontSplit, splitFronts } from "./_front_split.ts";
import { type Row, rowOf } from "./_history.ts";
import { Parzen, type ParzenDimension } from "./_parzen.ts";
import { place } from "./_place.ts";
import { type EndedTrial, Results } from "./_results.ts";
import type { MotpeOptions } from "./motpe.ts";
import type { Observation, Sampler } from "./sampler.ts";

const GOOD_DENSITY = { bandwidth: 0.7, leastBandwidth: 0.01 };
const BAD_DENSITY = { bandwidth: 0.5, leastBandwidth: 0.01 };

/** How many points the model proposes for one trial; if all of them were tried before, it gets random ones. */
const PATIENCE = 20;

/** The sampler behind {@linkcode motpeSampler}. */
export class Motpe implements Sampler {
  readonly name = "motpe";
  readonly severalObjectives = true;
  readonly #dimensions: readonly Dimension[];
  readonly #axes: readonly Axis[];
  readonly #kinds: readonly ParzenDimension[];
  readonly #options: Required<MotpeOptions>;
  readonly #results: Results;
  #split: { readonly of: readonly EndedTrial[]; readonly is: FrontSplit } = {
    of: [],
    is: splitFronts([], 0),
  };

  constructor(
    dimensions: readonly Dimension[],
    options: Required<MotpeOptions>,
  ) {
    this.#dimensions = dimensions;
    this.#axes = dimensions.map(axisOf);
    this.#kinds = dimensions.map(({ when }, index) => ({
      choices: this.#axes[index]?.choices ?? 0,
      always: when === undefined,
    }));
    this.#options = options;
    this.#results = new Results((point) => this.#row(point));
  }

  sample(_trial: number, random: Random, again = 0): Point {
    return this.#results.ended.length < this.#options.startup ||
        again >= PATIENCE
      ? place(this.#dimensions, this.#axes, () => random.next())
      : this.#best(random);
  }

  started(trial: number, point: Point): void {
    this.#results.started(trial, point);
  }

  observe(observation: Observation): void {
    this.#results.observe(observation);
  }

  #best(random: Random): Point {
    const { good, weights, bad } = this.#known();
    const worst = [...bad, ...this.#results.pending];
    const even = new Float64Array(worst.length).fill(1);
    const better = new Parzen(this.#kinds, good, weights, GOOD_DENSITY);
    const worse = new Parzen(this.#kinds, worst, even, BAD_DENSITY);
    let best: Point = [];
    let most = -Infinity;
    const ground = { dimensions: this.#dimensions, axes: this.#axes };
    for (let count = 0; count < this.#options.candidates; count++) {
      const point = drawFrom(better, ground, random);
      const row = this.#row(point);
      const score = better.logDensity(row) - worse.logDensity(row);
      if (count > 0 && !(score > most)) continue;
      best = point;
      most = score;
    }
    return best;
  }

  /** Splits the trials that ended; the split is kept until another one ends. */
  #known(): FrontSplit {
    const { ended } = this.#results;
    if (this.#split.of !== ended) {
      const is = splitFronts(ended, this.#options.goodShare);
      this.#split = { of: ended, is };
    }
    return this.#split.is;
  }

  #row(point: Point): Row {
    return rowOf(this.#dimensions, this.#axes, point);
  }
}
