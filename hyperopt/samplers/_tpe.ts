import type { Random } from "../random.ts";
import type { Dimension, Point } from "../spaces/space.ts";
import { type Axis, axisOf } from "./_axis.ts";
import { drawFrom } from "./_draw_from.ts";
import { History, type Row, rowOf, type Split } from "./_history.ts";
import { Parzen, type ParzenDimension } from "./_parzen.ts";
import { place } from "./_place.ts";
import { type Densities, screened } from "./_screened.ts";
import type { Observation, Sampler } from "./sampler.ts";
import type { TpeOptions } from "./tpe.ts";

/** The density of the good trials is wider than that of the bad ones, so that places that were tried often and are not good are avoided. */
const GOOD_DENSITY = { bandwidth: 0.7, leastBandwidth: 0.01 };
const BAD_DENSITY = { bandwidth: 0.5, leastBandwidth: 0.01 };

/**
 * How many points the model proposes for one trial. If all of them were tried before, as happens in a space of
 * few points, the trial gets random points, which find the remaining ones.
 */
const PATIENCE = 20;

/**
 * With one fidelity: from so many trials on, the good share of the trials is good; of fewer trials a smaller one,
 * down to half of it. Of 20 trials the third best is often far from the best, and the next points would be, too.
 */
const FULL_SHARE_FROM = 60;

/**
 * With several fidelities: which share of the trials of a fidelity counts as good. A model of cheap results that
 * is followed further finds what is good at first, and the survivors of a bracket are then all of one place.
 */
const SCREENED_GOOD_SHARE = 0.25;

/** The sampler behind {@linkcode tpeSampler} and {@linkcode bohbSampler}. */
export class Tpe implements Sampler {
  readonly name: string;
  readonly #dimensions: readonly Dimension[];
  readonly #axes: readonly Axis[];
  readonly #kinds: readonly ParzenDimension[];
  readonly #options: Required<TpeOptions>;
  readonly #history: History;
  /** The points without floats that were tried before. */
  readonly #tried = new Set<string>();
  /** Whether the scheduler is known to stop trials at several fidelities. */
  #hasRungs = false;

  constructor(
    name: string,
    dimensions: readonly Dimension[],
    options: Required<TpeOptions>,
  ) {
    check(options);
    this.name = name;
    this.#dimensions = dimensions;
    this.#axes = dimensions.map(axisOf);
    this.#kinds = dimensions.map(({ when }, index) => ({
      choices: this.#axes[index]?.choices ?? 0,
      always: when === undefined,
    }));
    this.#options = options;
    this.#history = new History((point) => this.#row(point));
  }

  sample(_trial: number, random: Random, again = 0): Point {
    const { startup, randomShare } = this.#options;
    const models = this.#history.ended < startup || again >= PATIENCE
      ? undefined
      : this.#models();
    const isRandom = models === undefined ||
      (randomShare > 0 && random.next() < randomShare);
    if (isRandom) return this.#uniform(random);
    return models.length > 0
      ? this.#screened(models, random)
      : this.#best(random);
  }

  prepare(fidelities: readonly number[]): void {
    this.#hasRungs = fidelities.length > 1;
  }

  started(trial: number, point: Point): void {
    this.#remember(point);
    this.#history.started(trial, point);
  }

  observe(observation: Observation): void {
    this.#remember(observation.point);
    this.#history.observe(observation);
  }

  #best(random: Random): Point {
    const { leastPoints, goodShare, candidates } = this.#options;
    const grown = this.#history.ended / FULL_SHARE_FROM;
    const share = goodShare * Math.min(1, Math.max(0.5, grown));
    const split = this.#history.split(leastPoints, share);
    const { better, worse } = this.#densities(split);
    let best: Point | undefined;
    let most = -Infinity;
    const ground = { dimensions: this.#dimensions, axes: this.#axes };
    for (let count = 0; count < candidates; count++) {
      const point = drawFrom(better, ground, random);
      const row = this.#row(point);
      // A point that was tried is taken only if all candidates were.
      const score = better.logDensity(row) - worse.logDensity(row) -
        (this.#wasTried(point) ? TRIED : 0);
      if (best !== undefined && !(score > most)) continue;
      best = point;
      most = score;
    }
    return best as Point;
  }

  /**
   * Returns the models of several fidelities, the greatest first: none if there is one fidelity, and `undefined`
   * while there are results of one rung only, which may mislead.
   */
  #models(): Densities[] | undefined {
    const isLeveled = this.#hasRungs || this.#history.levels.size > 1;
    if (!isLeveled) return [];
    const { leastPoints } = this.#options;
    const splits = this.#history.splits(leastPoints, SCREENED_GOOD_SHARE);
    if (this.#hasRungs && splits.length < 2) return undefined;
    // Where trials are stopped anywhere, those that went further are better.
    if (splits.length === 0) {
      splits.push(this.#history.split(leastPoints, SCREENED_GOOD_SHARE));
    }
    return splits.map((split) => this.#densities(split));
  }

  #screened(models: readonly Densities[], random: Random): Point {
    return screened({
      models,
      known: [...this.#history.rows()],
      choices: this.#kinds.map((kind) => kind.choices),
      draw: () => this.#uniform(random),
      rowOf: (point) => this.#row(point),
      wasTried: (point) => this.#wasTried(point),
    });
  }

  #densities({ good, bad }: Split): Densities {
    return {
      better: new Parzen(this.#kinds, good, byRank(good), GOOD_DENSITY),
      worse: new Parzen(this.#kinds, bad, evenly(bad), BAD_DENSITY),
    };
  }

  #uniform(random: Random): Point {
    return place(this.#dimensions, this.#axes, () => random.next());
  }

  #row(point: Point): Row {
    return rowOf(this.#dimensions, this.#axes, point);
  }

  #remember(point: Point): void {
    if (this.#isDiscrete(point)) this.#tried.add(point.join());
  }

  #wasTried(point: Point): boolean {
    return this.#isDiscrete(point) && this.#tried.has(point.join());
  }

  #isDiscrete(point: Point): boolean {
    return this.#dimensions.every(({ kind }, index) =>
      kind !== "float" || point[index] === undefined
    );
  }
}

/** A number above the difference of any two scores. */
const TRIED = 1e6;

/** Returns the logarithmic weights of CMA-ES, best first; their sum is `rows.length`. */
function byRank(rows: readonly Row[]): Float64Array {
  const count = rows.length;
  const weights = new Float64Array(count)
    .map((_, rank) => Math.log((count + 1) / (rank + 1)));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight * count / sum);
}

function evenly(rows: readonly Row[]): Float64Array {
  return new Float64Array(rows.length).fill(1);
}

/** Refuses options that are out of range. */
function check(options: Required<TpeOptions>): void {
  const wholes = ["startup", "candidates", "leastPoints"] as const;
  for (const name of wholes) {
    const least = name === "startup" ? 0 : 1;
    if (Number.isInteger(options[name]) && options[name] >= least) continue;
    throw new RangeError(
      `Cannot sample with ${name}=${
        options[name]
      }: it must be a whole number from ${least} up`,
    );
  }
  for (const name of ["goodShare", "randomShare"] as const) {
    if (options[name] >= 0 && options[name] <= 1) continue;
    throw new RangeError(
      `Cannot sample with ${name}=${options[name]}: it must be from 0 to 1`,
    );
  }
}
