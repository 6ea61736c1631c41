import type { Random } from "../random.ts";
import type { Dimension, Point } from "../spaces/space.ts";
import { type Axis, axisOf } from "./_axis.ts";
import {
  fitGp,
  GaussianProcess,
  type GpData,
  type GpParameters,
} from "./_gaussian_process.ts";
import { bestPoint, type Score } from "./_gp_candidates.ts";
import { type GpRecords, recordsOf, warped } from "./_gp_records.ts";
import { improvementOn, lowerBound, type PointModel } from "./_gp_scores.ts";
import { type Entry, History, type Row, rowOf } from "./_history.ts";
import type { Features } from "./_matern.ts";
import { place } from "./_place.ts";
import type { Observation, Sampler } from "./sampler.ts";

/** The settings of the sampler. */
export interface GpSettings {
  readonly startup: number;
  readonly mostPoints: number;
}

/** The parameters are fitted to at most so many points: the cost grows with the cube. */
const FIT_POINTS = 120;

/** From this number of points on, the parameters are fitted again only when there are 5% more. */
const FIT_ALWAYS = 40;

/** The logarithm of an improvement (in deviations of the warped losses) that is not worth a trial. */
const LITTLE = Math.log(1e-2);

/**
 * If there is little to improve, the model may be sure of a local optimum, and wrong about other choices, whose best
 * numbers may be others. Then so many points have choices at random, and the numbers that promise most with them.
 */
const EXPLORING_SHARE = 0.5;

/** Around how many of the best points candidates are drawn. */
const GOOD = 4;

/** The sampler behind {@linkcode gaussianProcessSampler}. */
export class GpSampler implements Sampler {
  readonly name = "gp";
  readonly #dimensions: readonly Dimension[];
  readonly #axes: readonly Axis[];
  /** The dimensions that have more than one value. */
  readonly #moving: readonly number[];
  readonly #settings: GpSettings;
  readonly #history: History;
  /** The points that were tried before. */
  readonly #tried = new Set<string>();
  #fit: { data: GpData; parameters: GpParameters } | undefined;
  #model: Model | undefined;

  constructor(dimensions: readonly Dimension[], settings: GpSettings) {
    this.#dimensions = dimensions;
    this.#axes = dimensions.map(axisOf);
    this.#moving = dimensions.map((_, index) => index)
      .filter((index) => dimensions[index]?.low !== dimensions[index]?.high);
    this.#settings = settings;
    this.#history = new History((point) => this.#row(point));
  }

  sample(_trial: number, random: Random, again = 0): Point {
    const proposed = again > 0 || this.#moving.length === 0 ||
        this.#history.ended < this.#settings.startup
      ? undefined
      : this.#propose(random);
    return proposed ?? this.#anywhere(random);
  }

  started(trial: number, point: Point): void {
    this.#model = undefined;
    this.#remember(point);
    this.#history.started(trial, point);
  }

  observe(observation: Observation): void {
    this.#model = undefined;
    this.#remember(observation.point);
    // The loss of an infeasible trial is a rank, and too great for a model of values.
    const isInfeasible = (observation.violation ?? 0) > 0;
    this.#history.observe(
      isInfeasible ? { ...observation, loss: Infinity } : observation,
    );
  }

  #propose(random: Random): Point | undefined {
    this.#model ??= this.#learn();
    if (this.#model === undefined) return undefined;
    const { improvement, bound, good } = this.#model;
    const isBarred = (point: Point) => this.#tried.has(point.join());
    const ground = { dimensions: this.#dimensions, axes: this.#axes };
    const options = { random, good, isBarred };
    const found = bestPoint(ground, improvement, options);
    const isDone = found === undefined || found.score >= LITTLE ||
      random.next() >= EXPLORING_SHARE;
    if (isDone) return found?.point;
    const held = this.#anywhere(random);
    return (bestPoint({ ...ground, held }, bound, options) ?? found).point;
  }

  #anywhere(random: Random): Point {
    return place(this.#dimensions, this.#axes, () => random.next());
  }

  #learn(): Model | undefined {
    const { mostPoints } = this.#settings;
    const { ranked } = this.#history.ranking(this.#dimensions.length + 3);
    if (ranked.length === 0) return undefined;
    const records = recordsOf(
      this.#history,
      ({ row }: Entry) => this.#features(row),
      mostPoints,
    );
    const isChoice = [
      ...this.#moving.map((index) => (this.#axes[index] as Axis).choices > 0),
      ...records.fidelity.map(() => false),
    ];
    const parameters = this.#parameters(records, isChoice);
    const { process, best } = condition(records, isChoice, parameters);
    const model = this.#pointModel(process, records.fidelity);
    return {
      improvement: improvementOn(best, model),
      bound: lowerBound(model),
      good: ranked.slice(0, GOOD).map(({ row }) => this.#pointOf(row)),
    };
  }

  /** Fits the parameters to the first trials. Results of the same trials give the same parameters. */
  #parameters(
    { all }: GpRecords,
    isChoice: readonly boolean[],
  ): GpParameters {
    const chosen = fittedOf(all.points.length);
    const points = chosen.map((index) => all.points[index] as Features);
    const losses = warped(chosen.map((index) => all.losses[index] as number));
    const data = { points, losses: Float64Array.from(losses), isChoice };
    if (this.#fit === undefined || !isSame(this.#fit.data, data)) {
      this.#fit = { data, parameters: fitGp(data) };
    }
    return this.#fit.parameters;
  }

  #pointModel(
    process: GaussianProcess,
    fidelity: readonly number[],
  ): PointModel {
    return {
      process,
      featuresOf: (point) =>
        Float64Array.of(...this.#features(this.#row(point)), ...fidelity),
      moving: this.#moving,
      size: this.#dimensions.length,
    };
  }

  #features(row: Row): number[] {
    return this.#moving.map((index) => row[index] as number);
  }

  #row(point: Point): Row {
    return rowOf(this.#dimensions, this.#axes, point);
  }

  #pointOf(row: Row): Point {
    return row.slice(0, this.#dimensions.length).map((position, index) => {
      if (Number.isNaN(position)) return undefined;
      const axis = this.#axes[index] as Axis;
      return axis.choices > 0 ? position : axis.fromUnit(position);
    });
  }

  #remember(point: Point): void {
    this.#tried.add(point.join());
  }
}

/** A model of the losses. */
interface Model {
  readonly improvement: Score;
  readonly bound: Score;
  /** The best points. */
  readonly good: readonly Point[];
}

/** Conditions a Gaussian process: failed trials are as bad as the worst one, and running trials have the loss that is predicted for them. */
function condition(
  { used, failed, pending, fidelity }: GpRecords,
  isChoice: readonly boolean[],
  parameters: GpParameters,
): { process: GaussianProcess; best: number } {
  const known = warped(used.losses);
  const worst = known.reduce((most, loss) => Math.max(most, loss), -Infinity);
  const points = [...used.points, ...failed];
  const losses = Float64Array.of(...known, ...failed.map(() => worst));
  const process = new GaussianProcess({ points, losses, isChoice }, parameters);
  const [top] = fidelity;
  const best = top === undefined
    ? process.leastMean
    : leastOf(used.points.map((point) => process.mean(withLast(point, top))));
  if (pending.length === 0) return { process, best };
  const believed = pending.map((point) => process.mean(point));
  const data = {
    points: [...points, ...pending],
    losses: Float64Array.of(...losses, ...believed),
    isChoice,
  };
  return { process: new GaussianProcess(data, parameters), best };
}

function leastOf(numbers: readonly number[]): number {
  return numbers.reduce((least, x) => Math.min(least, x), Infinity);
}

function withLast(point: Features, last: number): Features {
  const changed = point.slice();
  changed[changed.length - 1] = last;
  return changed;
}

/** Returns the indexes of the points to which parameters are fitted: the first ones, or evenly spread ones of them. */
function fittedOf(points: number): number[] {
  let count = Math.min(points, FIT_ALWAYS);
  while (Math.floor(count * 1.05) + 1 <= points && count >= FIT_ALWAYS) {
    count = Math.floor(count * 1.05) + 1;
  }
  const used = Math.min(count, FIT_POINTS);
  return Array.from(
    { length: used },
    (_, index) => Math.floor(index * count / used),
  );
}

function isSame(a: GpData, b: GpData): boolean {
  return a.losses.length === b.losses.length &&
    a.isChoice.length === b.isChoice.length &&
    a.losses.every((loss, i) => loss === b.losses[i]) &&
    a.points.every((point, i) =>
      point.every((x, j) => Object.is(x, b.points[i]?.[j]))
    );
}
