import { cholesky, inverseOf, solveLower, solveUpper } from "./_cholesky.ts";
import {
  type Features,
  matern,
  maternSlope,
  squareBetween,
} from "./_matern.ts";
import { minimize } from "./_minimize.ts";

/** The parameters of a Gaussian process: logarithms, so that they have no bounds. */
export interface GpParameters {
  /** The logarithm of the length scale of each dimension, in shares of its range. */
  readonly scales: readonly number[];
  /** The logarithm of the variance of the function. */
  readonly variance: number;
  /** The logarithm of the variance of the noise. */
  readonly noise: number;
}

/** The points and the standardised losses. */
export interface GpData {
  readonly points: readonly Features[];
  readonly losses: Float64Array;
  /** Whether each dimension holds choices without order. */
  readonly isChoice: readonly boolean[];
}

/** A prediction at one point. */
export interface Prediction {
  readonly mean: number;
  readonly variance: number;
}

/** The derivatives of a prediction by each dimension; 0 for choices and for dimensions that the point lacks. */
export interface PredictionSlope extends Prediction {
  readonly meanSlope: Float64Array;
  readonly varianceSlope: Float64Array;
}

/** A Gaussian process with the mean 0, a Matérn 5/2 kernel with a length scale for each dimension, and noise. */
export class GaussianProcess {
  readonly #data: GpData;
  readonly #weights: Float64Array;
  readonly #variance: number;
  readonly #noise: number;
  readonly #lower: Float64Array;
  /** The losses multiplied with the inverse of the covariance. */
  readonly #solved: Float64Array;

  /**
   * Conditions a Gaussian process on data.
   *
   * @throws {RangeError} If the covariance is not positive definite, because the noise is too small.
   */
  constructor(data: GpData, parameters: GpParameters) {
    const size = data.points.length;
    this.#data = data;
    this.#weights = Float64Array.from(
      parameters.scales,
      (scale) => Math.exp(-2 * scale),
    );
    this.#variance = Math.exp(parameters.variance);
    this.#noise = Math.exp(parameters.noise);
    const covariance = new Float64Array(size * size);
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < i; j++) {
        const square = this.#square(
          data.points[i] as Features,
          data.points[j] as Features,
        );
        covariance[i * size + j] = this.#variance * matern(square);
      }
      covariance[i * size + i] = this.#variance + this.#noise;
    }
    const lower = cholesky(covariance, size);
    if (lower === undefined) {
      throw new RangeError(
        `Cannot condition a Gaussian process on ${size} points: the noise ${this.#noise} is too small; give more`,
      );
    }
    this.#lower = lower;
    this.#solved = solveUpper(lower, solveLower(lower, data.losses));
  }

  /** The logarithm of the probability density of the losses. */
  get logLikelihood(): number {
    const size = this.#solved.length;
    let sum = -size / 2 * Math.log(2 * Math.PI);
    for (let i = 0; i < size; i++) {
      sum -= 0.5 * (this.#data.losses[i] as number) *
          (this.#solved[i] as number) +
        Math.log(this.#lower[i * size + i] as number);
    }
    return sum;
  }

  /** The least mean at the points, without noise. */
  get leastMean(): number {
    return this.#solved.reduce(
      (least, weight, i) =>
        Math.min(
          least,
          (this.#data.losses[i] as number) - this.#noise * weight,
        ),
      Infinity,
    );
  }

  /** Predicts the mean alone, which is faster. */
  mean(point: Features): number {
    let mean = 0;
    this.#data.points.forEach((known, i) => {
      mean += this.#variance * matern(this.#square(known, point)) *
        (this.#solved[i] as number);
    });
    return mean;
  }

  /** Predicts the function, without noise. */
  predict(point: Features): Prediction {
    const near = Float64Array.from(
      this.#data.points,
      (known) => this.#variance * matern(this.#square(known, point)),
    );
    const mean = near.reduce(
      (sum, value, i) => sum + value * (this.#solved[i] as number),
      0,
    );
    const known = solveLower(this.#lower, near)
      .reduce((sum, value) => sum + value * value, 0);
    return { mean, variance: this.#bounded(this.#variance - known) };
  }

  /** Predicts the function and its slope. */
  slope(point: Features): PredictionSlope {
    const { points, isChoice } = this.#data;
    const squares = points.map((known) => this.#square(known, point));
    const near = Float64Array.from(
      squares,
      (square) => this.#variance * matern(square),
    );
    const half = solveLower(this.#lower, near);
    const whole = solveUpper(this.#lower, half);
    let mean = 0;
    let explained = 0;
    const meanSlope = new Float64Array(point.length);
    const varianceSlope = new Float64Array(point.length);
    points.forEach((known, i) => {
      const own = this.#solved[i] as number;
      mean += (near[i] as number) * own;
      explained += (half[i] as number) ** 2;
      const steep = -this.#variance * maternSlope(squares[i] as number);
      for (let j = 0; j < point.length; j++) {
        const x = point[j] as number;
        if (isChoice[j] || Number.isNaN(x)) continue;
        const other = known[j] as number;
        const by = steep * (this.#weights[j] as number) *
          (x - (Number.isNaN(other) ? 0.5 : other));
        meanSlope[j] = (meanSlope[j] as number) + own * by;
        varianceSlope[j] = (varianceSlope[j] as number) -
          2 * (whole[i] as number) * by;
      }
    });
    const variance = this.#bounded(this.#variance - explained);
    return { mean, variance, meanSlope, varianceSlope };
  }

  /** Returns a variance that rounding did not take below 0. */
  #bounded(variance: number): number {
    return Math.max(variance, 1e-12 * this.#variance);
  }

  #square(a: Features, b: Features): number {
    const { isChoice } = this.#data;
    let sum = 0;
    for (let j = 0; j < a.length; j++) {
      sum += (this.#weights[j] as number) *
        squareBetween(a[j] as number, b[j] as number, isChoice[j] as boolean);
    }
    return sum;
  }
}

const NOISE_RANGE = [Math.log(1e-9), Math.log(1)] as const;
const VARIANCE_RANGE = [Math.log(1e-2), Math.log(1e2)] as const;
const SCALE_RANGE = [Math.log(5e-3), Math.log(1e2)] as const;

const STEPS = 40;

/**
 * Finds the parameters that are most probable given the data: the greatest likelihood times weak priors, by local
 * search from two starts. The prior of the length scales grows with the number of dimensions, because distances do.
 */
export function fitGp(data: GpData): GpParameters {
  const size = data.isChoice.length;
  const usual = 0.5 * Math.log(size);
  const squares = pairSquares(data);
  const box = {
    low: boxOf(size, SCALE_RANGE[0], VARIANCE_RANGE[0], NOISE_RANGE[0]),
    high: boxOf(size, SCALE_RANGE[1], VARIANCE_RANGE[1], NOISE_RANGE[1]),
    steps: STEPS,
  };
  const starts = [
    boxOf(size, usual - 1, 0, Math.log(1e-3)),
    boxOf(size, usual, 0, Math.log(0.1)),
  ];
  const ends = starts.map((start) =>
    minimize((x) => posteriorSlope(data, squares, x), start, box)
  );
  const [first, second] = ends as [typeof ends[0], typeof ends[0]];
  const { x } = second.value < first.value ? second : first;
  return {
    scales: [...x.subarray(0, size)],
    variance: x[size] as number,
    noise: x[size + 1] as number,
  };
}

function boxOf(
  size: number,
  scale: number,
  variance: number,
  noise: number,
): Float64Array {
  return Float64Array.from(
    { length: size + 2 },
    (_, i) => i < size ? scale : i === size ? variance : noise,
  );
}

/** Returns the squares of the distances of all pairs of points, in each dimension. */
export function pairSquares({ points, isChoice }: GpData): Float64Array[] {
  const size = points.length;
  return isChoice.map((choice, j) => {
    const squares = new Float64Array(size * size);
    for (let i = 0; i < size; i++) {
      for (let k = 0; k < i; k++) {
        squares[i * size + k] = squareBetween(
          points[i]?.[j] as number,
          points[k]?.[j] as number,
          choice,
        );
      }
    }
    return squares;
  });
}

/** Returns minus the logarithm of the posterior density of parameters, and its gradient. */
export function posteriorSlope(
  data: GpData,
  squares: readonly Float64Array[],
  x: Float64Array,
): { value: number; gradient: Float64Array } {
  const likelihood = likelihoodSlope(data, squares, x);
  const dimensions = squares.length;
  let { value } = likelihood;
  const gradient = likelihood.gradient;
  const add = (index: number, middle: number, deviation: number) => {
    const off = (x[index] as number) - middle;
    value += off * off / (2 * deviation ** 2);
    gradient[index] = (gradient[index] as number) + off / deviation ** 2;
  };
  for (let j = 0; j < dimensions; j++) {
    add(j, -0.5 + 0.25 * Math.log(dimensions), 1);
  }
  add(dimensions, 0, 1);
  add(dimensions + 1, Math.log(1e-4), 3);
  return { value, gradient };
}

/** Returns minus the logarithm of the likelihood of parameters, and its gradient. */
function likelihoodSlope(
  { losses }: GpData,
  squares: readonly Float64Array[],
  x: Float64Array,
): { value: number; gradient: Float64Array } {
  const size = losses.length;
  const dimensions = squares.length;
  const variance = Math.exp(x[dimensions] as number);
  const noise = Math.exp(x[dimensions + 1] as number);
  const weights = squares.map((_, j) => Math.exp(-2 * (x[j] as number)));
  const distances = new Float64Array(size * size);
  squares.forEach((square, j) => {
    const weight = weights[j] as number;
    for (let at = 0; at < distances.length; at++) {
      distances[at] = (distances[at] as number) +
        weight * (square[at] as number);
    }
  });
  const covariance = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let at = i * size; at < i * size + i; at++) {
      covariance[at] = variance * matern(distances[at] as number);
    }
    covariance[i * size + i] = variance + noise;
  }
  const lower = cholesky(covariance, size);
  const gradient = new Float64Array(dimensions + 2);
  if (lower === undefined) return { value: Infinity, gradient };
  const solved = solveUpper(lower, solveLower(lower, losses));
  const inverse = inverseOf(lower, size);
  let value = size / 2 * Math.log(2 * Math.PI);
  for (let i = 0; i < size; i++) {
    const own = solved[i] as number;
    value += 0.5 * (losses[i] as number) * own +
      Math.log(lower[i * size + i] as number);
    const diagonal = 0.5 * ((inverse[i * size + i] as number) - own * own);
    gradient[dimensions + 1] = (gradient[dimensions + 1] as number) +
      diagonal * noise;
    gradient[dimensions] = (gradient[dimensions] as number) +
      diagonal * variance;
    for (let k = 0; k < i; k++) {
      const at = i * size + k;
      // Twice the half, because each pair stands for two elements.
      const share = (inverse[at] as number) - own * (solved[k] as number);
      gradient[dimensions] = (gradient[dimensions] as number) +
        share * (covariance[at] as number);
      const steep = share * variance * maternSlope(distances[at] as number);
      for (let j = 0; j < dimensions; j++) {
        gradient[j] = (gradient[j] as number) +
          steep * (weights[j] as number) * (squares[j]?.[at] as number);
      }
    }
  }
  return { value, gradient };
}
