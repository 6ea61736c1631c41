import { symmetricEigen } from "./_symmetric_eigen.ts";

/** What changes a covariance in one generation. */
export interface CovarianceChange {
  /** The share of the covariance that stays. */
  readonly keep: number;
  /** The evolution path, and its learning rate. */
  readonly path: Float64Array;
  readonly pathRate: number;
  /** The steps, in units of sigma, and the rate of each (those without a rate are not used); NaN where a step lacks a parameter. */
  readonly steps: readonly Float64Array[];
  readonly rates: readonly number[];
}

/** The covariance of the steps of CMA-ES. It is never changed: each generation makes another one. */
export interface Covariance {
  /** Turns a standard normal vector into a step. */
  draw(normal: Float64Array): Float64Array;
  /** Multiplies with the inverse square root of the covariance. */
  whiten(step: Float64Array): Float64Array;
  /** The variance of a parameter. */
  variance(index: number): number;
  /** The greatest variance in any direction, divided by the least one. */
  readonly condition: number;
  /** Returns the covariance after a change. */
  changed(change: CovarianceChange): Covariance;
  /** Returns the covariance with at least these variances. */
  atLeast(variances: Float64Array): Covariance;
}

/** Below this an eigenvalue is an error of rounding. */
const LEAST = 1e-8;

/** Returns the covariance of independent parameters, one variance each. */
export function separable(variances: Float64Array): Covariance {
  const deviations = variances.map((variance) =>
    Math.sqrt(variance > 0 ? variance : LEAST)
  );
  return {
    draw: (normal) => normal.map((z, i) => z * (deviations[i] as number)),
    whiten: (step) => step.map((y, i) => y / (deviations[i] as number)),
    variance: (index) => variances[index] as number,
    condition: Math.max(...deviations) ** 2 / Math.min(...deviations) ** 2,
    changed: (change) =>
      separable(
        variances.map((own, index) => changedDiagonal(change, own, index)),
      ),
    atLeast: (least) =>
      separable(variances.map((own, i) => Math.max(own, least[i] as number))),
  };
}

function changedDiagonal(
  { keep, path, pathRate, steps, rates }: CovarianceChange,
  own: number,
  index: number,
): number {
  let sum = keep * own + pathRate * (path[index] as number) ** 2;
  rates.forEach((rate, k) => {
    const y = steps[k]?.[index] ?? NaN;
    // A step that lacks the parameter says nothing about its variance.
    sum += rate * (Number.isNaN(y) ? own : y * y);
  });
  return sum;
}

/** Returns the covariance of parameters that depend on each other. */
export function full(matrix: Float64Array, size: number): Covariance {
  const { values, vectors } = symmetricEigen(matrix, size);
  const deviations = values.map((value) =>
    Math.sqrt(value < 0 ? LEAST : value)
  );
  /** Multiplies with `vectors * diagonal(scale) * transposed vectors`. */
  const spread = (vector: Float64Array, scale: (k: number) => number) =>
    combine(
      vectors,
      project(vectors, vector).map((part, k) => part * scale(k)),
    );
  return {
    draw: (normal) =>
      combine(vectors, normal.map((z, k) => z * (deviations[k] as number))),
    whiten: (step) => spread(step, (k) => 1 / (deviations[k] as number)),
    variance: (index) => matrix[index * size + index] as number,
    condition: Math.max(...deviations) ** 2 / Math.min(...deviations) ** 2,
    changed: (change) => full(changedMatrix(change, matrix, size), size),
    atLeast(least) {
      const raised = matrix.slice();
      let isRaised = false;
      least.forEach((variance, i) => {
        if (!(variance > (raised[i * size + i] as number))) return;
        // A diagonal that grows keeps all eigenvalues above 0.
        raised[i * size + i] = variance;
        isRaised = true;
      });
      return isRaised ? full(raised, size) : this;
    },
  };
}

function changedMatrix(
  change: CovarianceChange,
  matrix: Float64Array,
  size: number,
): Float64Array {
  const { keep, path, pathRate, steps, rates } = change;
  const next = matrix.map((element) => keep * element);
  for (let i = 0; i < size; i++) {
    next[i * size + i] = changedDiagonal(
      change,
      matrix[i * size + i] as number,
      i,
    );
    for (let j = 0; j < i; j++) {
      let sum = pathRate * (path[i] as number) * (path[j] as number);
      rates.forEach((rate, k) => {
        const product = (steps[k]?.[i] ?? NaN) * (steps[k]?.[j] ?? NaN);
        if (!Number.isNaN(product)) sum += rate * product;
      });
      next[i * size + j] = (next[i * size + j] as number) + sum;
      next[j * size + i] = next[i * size + j] as number;
    }
  }
  return next;
}

/** Returns the parts of a vector along each eigenvector. */
function project(vectors: Float64Array, vector: Float64Array): Float64Array {
  const size = vector.length;
  return vector.map((_, k) => {
    let sum = 0;
    for (let i = 0; i < size; i++) {
      sum += (vectors[i * size + k] as number) * (vector[i] as number);
    }
    return sum;
  });
}

/** Returns the sum of the eigenvectors, each times its part. */
function combine(vectors: Float64Array, parts: Float64Array): Float64Array {
  const size = parts.length;
  return parts.map((_, i) => {
    let sum = 0;
    for (let k = 0; k < size; k++) {
      sum += (vectors[i * size + k] as number) * (parts[k] as number);
    }
    return sum;
  });
}
