import { type Covariance, full, separable } from "./_covariance.ts";

/** The strategy parameters of CMA-ES, which follow from the numbers of parameters and of points. */
export interface CmaRates {
  /** The points of a generation. */
  readonly population: number;
  /** How many of them are recombined. */
  readonly parents: number;
  /** The weight of each rank, best first; those of the worse half are below 0, or missing. */
  readonly weights: readonly number[];
  readonly meanMass: number;
  readonly pathSigma: number;
  readonly dampSigma: number;
  readonly pathC: number;
  readonly rankOne: number;
  readonly rankMany: number;
}

/** The number of points of a generation if none is given. */
export function defaultPopulation(size: number): number {
  return 4 + Math.floor(3 * Math.log(Math.max(size, 1)));
}

/**
 * Returns the rates of CMA-ES with the full covariance and with weights below 0.
 *
 * Source: N. Hansen, The CMA Evolution Strategy: A Tutorial, arXiv:1604.00772, table 1.
 */
export function fullRates(size: number, population: number): CmaRates {
  const parents = population >> 1;
  const raw = Array.from(
    { length: population },
    (_, rank) => Math.log((population + 1) / 2) - Math.log(rank + 1),
  );
  const meanMass = massOf(raw.slice(0, parents));
  const rankOne = 2 / ((size + 1.3) ** 2 + meanMass);
  const rankMany = Math.min(
    1 - rankOne - 1e-8,
    2 * (meanMass - 2 + 1 / meanMass) / ((size + 2) ** 2 + meanMass),
  );
  const worse = Math.min(
    1 + rankOne / rankMany,
    1 + 2 * massOf(raw.slice(parents)) / (meanMass + 2),
    (1 - rankOne - rankMany) / (size * rankMany),
  );
  const above = sum(raw.filter((weight) => weight > 0));
  const below = -sum(raw.filter((weight) => weight < 0));
  return {
    population,
    parents,
    weights: raw.map((weight) =>
      weight >= 0 ? weight / above : weight * worse / below
    ),
    meanMass,
    pathSigma: (meanMass + 2) / (size + meanMass + 5),
    dampSigma: dampOf(size, meanMass, (meanMass + 2) / (size + meanMass + 5)),
    pathC: (4 + meanMass / size) / (size + 4 + 2 * meanMass / size),
    rankOne,
    rankMany,
  };
}

/**
 * Returns the rates of CMA-ES with a diagonal covariance, which has less to learn and so learns faster.
 *
 * Source: R. Ros and N. Hansen, A Simple Modification in CMA-ES Achieving Linear Time and Space Complexity,
 * PPSN 2008.
 */
export function separableRates(size: number, population: number): CmaRates {
  const parents = population >> 1;
  const raw = Array.from(
    { length: parents },
    (_, rank) => Math.log(parents + 1) - Math.log(rank + 1),
  );
  const meanMass = massOf(raw);
  const rankOne = 2 / ((size + 1.3) ** 2 + meanMass);
  const rankMany = 2 / meanMass / (size + Math.SQRT2) ** 2 +
    (1 - 1 / meanMass) *
      Math.min(1, (2 * meanMass - 1) / ((size + 2) ** 2 + meanMass));
  const pathSigma = (meanMass + 2) / (size + meanMass + 3);
  return {
    population,
    parents,
    weights: raw.map((weight) => weight / sum(raw)),
    meanMass,
    pathSigma,
    dampSigma: dampOf(size, meanMass, pathSigma),
    pathC: 4 / (size + 4),
    rankOne,
    rankMany: Math.min(1 - rankOne, (size + 2) / 3 * rankMany),
  };
}

function dampOf(size: number, mass: number, pathSigma: number): number {
  return 1 + 2 * Math.max(0, Math.sqrt((mass - 1) / (size + 1)) - 1) +
    pathSigma;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** Returns the number of equal weights that average as well as these do. */
function massOf(weights: readonly number[]): number {
  return sum(weights) ** 2 / sum(weights.map((weight) => weight ** 2));
}

/** The distribution of the next points. It is never changed: each generation makes another one. */
export interface CmaState {
  readonly mean: Float64Array;
  readonly sigma: number;
  readonly covariance: Covariance;
  readonly pathSigma: Float64Array;
  readonly pathC: Float64Array;
  readonly generation: number;
}

/** Returns the state before the first generation. */
export function startState(
  mean: Float64Array,
  sigma: number,
  kind: "full" | "separable",
): CmaState {
  const size = mean.length;
  const identity = new Float64Array(size * size);
  for (let i = 0; i < size; i++) identity[i * size + i] = 1;
  return {
    mean,
    sigma,
    covariance: kind === "full"
      ? full(identity, size)
      : separable(new Float64Array(size).fill(1)),
    pathSigma: new Float64Array(size),
    pathC: new Float64Array(size),
    generation: 0,
  };
}

/** The points of a generation, best first. */
export interface Generation {
  /** The points; NaN where a point lacks a parameter. */
  readonly points: readonly Float64Array[];
  /** How many of them were measured; the others, at the end, failed. */
  readonly measured: number;
}

/**
 * Returns the state after a generation.
 *
 * A point may come from elsewhere: an enqueued one, or one that was drawn before an earlier generation ended. So a
 * point that is too far away for this distribution counts as nearer, in the same direction.
 *
 * Sources: N. Hansen, The CMA Evolution Strategy: A Tutorial, arXiv:1604.00772; for points from elsewhere
 * N. Hansen, Injecting External Solutions Into CMA-ES, arXiv:1110.4181.
 */
export function nextState(
  state: CmaState,
  { points, measured }: Generation,
  rates: CmaRates,
): CmaState {
  const size = state.mean.length;
  const steps = points.map((point) => stepOf(state, point));
  const weights = weightsOf(rates, measured);
  const move = weighted(steps, weights.slice(0, rates.parents), size);
  const { pathSigma, length, isCalm } = sigmaPath(state, move, rates);
  const carried = isCalm ? rates.pathC * (2 - rates.pathC) : 0;
  const pathC = state.pathC.map((old, i) =>
    (1 - rates.pathC) * old +
    Math.sqrt(carried * rates.meanMass) * (move[i] as number)
  );
  const lost = isCalm ? 0 : rates.pathC * (2 - rates.pathC);
  const spread = state.covariance.changed({
    keep: 1 + rates.rankOne * lost - rates.rankOne -
      rates.rankMany * sum(weights),
    path: pathC,
    pathRate: rates.rankOne,
    steps,
    rates: weights.map((weight, k) =>
      rates.rankMany * weight *
      (weight >= 0 ? 1 : size / (lengthOf(state, steps[k]) ** 2 + 1e-8))
    ),
  });
  return {
    mean: state.mean.map((old, i) => old + state.sigma * (move[i] as number)),
    sigma: state.sigma *
      Math.exp(
        rates.pathSigma / rates.dampSigma * (length / normalLength(size) - 1),
      ),
    covariance: spread,
    pathSigma,
    pathC,
    generation: state.generation + 1,
  };
}

/** Returns the path of sigma, its length, and whether it is as long as chance makes it, or shorter. */
function sigmaPath(
  { pathSigma: before, covariance, generation }: CmaState,
  move: Float64Array,
  { pathSigma: rate, meanMass }: CmaRates,
): { pathSigma: Float64Array; length: number; isCalm: boolean } {
  const size = move.length;
  const white = covariance.whiten(move);
  const pathSigma = before.map((old, i) =>
    (1 - rate) * old +
    Math.sqrt(rate * (2 - rate) * meanMass) * (white[i] as number)
  );
  const length = Math.hypot(...pathSigma);
  const known = Math.sqrt(1 - (1 - rate) ** (2 * (generation + 2)));
  const isCalm = length / known < (1.4 + 2 / (size + 1)) * normalLength(size);
  return { pathSigma, length, isCalm };
}

/** The mean length of a standard normal vector. */
function normalLength(size: number): number {
  return Math.sqrt(size) * (1 - 1 / (4 * size) + 1 / (21 * size * size));
}

/** Returns the step from the mean to a point, in units of sigma. */
function stepOf(state: CmaState, point: Float64Array): Float64Array {
  const step = point.map((x, i) =>
    (x - (state.mean[i] as number)) / state.sigma
  );
  const length = lengthOf(state, step);
  // A point of this distribution is beyond it once in 10,000 times, or less often.
  const longest = Math.sqrt(step.length) + 3;
  return length > longest ? step.map((y) => y * longest / length) : step;
}

/** Returns the length of a step in units of its deviation. */
function lengthOf(
  { covariance }: CmaState,
  step: Float64Array | undefined,
): number {
  if (step === undefined) return 0;
  const known = step.map((y) => Number.isNaN(y) ? 0 : y);
  return Math.hypot(...covariance.whiten(known));
}

/** Returns the weights of a generation; a failed point is no parent. */
function weightsOf(
  { weights, parents }: CmaRates,
  measured: number,
): readonly number[] {
  if (measured >= parents) return weights;
  const total = sum(weights.slice(0, measured));
  return weights.map((weight, rank) =>
    rank < measured ? weight / total : rank < parents ? 0 : weight
  );
}

function weighted(
  steps: readonly Float64Array[],
  weights: readonly number[],
  size: number,
): Float64Array {
  const total = new Float64Array(size);
  weights.forEach((weight, k) => {
    steps[k]?.forEach((y, i) => {
      if (!Number.isNaN(y)) total[i] = (total[i] as number) + weight * y;
    });
  });
  return total;
}
