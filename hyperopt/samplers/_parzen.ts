import type { Random } from "../random.ts";
import type { Row } from "./_history.ts";
import { type ChoiceKernels, choiceKernels } from "./_choice_kernels.ts";
import {
  addNormals,
  type NormalKernels,
  normalKernels,
  sampleNormal,
} from "./_normal_kernels.ts";

/** A dimension as the estimator uses it. */
export interface ParzenDimension {
  /** The number of choices without order; 0 if the dimension holds numbers. */
  readonly choices: number;
  /** Whether every row has the dimension. */
  readonly always: boolean;
}

/** The widths of the kernels. */
export interface ParzenSettings {
  /** The bandwidth in units of the rule of thumb, `deviation * n^(-1 / (d + 4))`. */
  readonly bandwidth: number;
  /** The least bandwidth, as a share of the range. */
  readonly leastBandwidth: number;
}

/** With so many factors of at least 0.02 a product does not underflow. */
const FACTORS = 128;

type Kernels = NormalKernels | ChoiceKernels;

/**
 * A multivariate Parzen estimator over the unit cube. Each row has a kernel, the product of one distribution
 * per dimension; a flat kernel of weight 1 is the prior. A kernel is flat in a dimension that its row lacks.
 *
 * Sources: J. Bergstra et al., Algorithms for Hyper-Parameter Optimization, NeurIPS 2011; S. Watanabe,
 * Tree-Structured Parzen Estimator: Understanding Its Algorithm Components and Their Roles for Better
 * Empirical Performance, arXiv:2304.11127 (2023), for the product kernels.
 */
export class Parzen {
  readonly #weights: Float64Array;
  readonly #total: number;
  readonly #dimensions: readonly Kernels[];
  /** The logarithm of the weight of each kernel, divided by the norm of its density. */
  readonly #base: Float64Array;
  readonly #terms: Float64Array;

  /**
   * @param dimensions The dimensions.
   * @param rows The rows, one a kernel.
   * @param weights The weight of each row.
   * @param settings The widths of the kernels.
   */
  constructor(
    dimensions: readonly ParzenDimension[],
    rows: readonly Row[],
    weights: Float64Array,
    settings: ParzenSettings,
  ) {
    this.#weights = weights;
    this.#total = weights.reduce((sum, weight) => sum + weight, 1);
    this.#terms = new Float64Array(rows.length);
    // One logarithm per kernel, not one per kernel and dimension.
    const divisors = new Float64Array(rows.length).fill(1);
    this.#dimensions = dimensions.map(({ choices, always }, index) =>
      choices > 0
        ? choiceKernels(rows, index, choices)
        : normalKernels(rows, index, {
          ...settings,
          dimensions: dimensions.length,
          divisors: always && dimensions.length <= FACTORS
            ? divisors
            : undefined,
        })
    );
    this.#base = divisors.map((divisor, kernel) =>
      Math.log((weights[kernel] as number) / (this.#total * divisor))
    );
  }

  /** Chooses a kernel at random, by weight; the number of rows means the prior. */
  kernel(random: Random): number {
    let rest = random.next() * this.#total;
    for (let kernel = 0; kernel < this.#weights.length; kernel++) {
      rest -= this.#weights[kernel] as number;
      if (rest < 0) return kernel;
    }
    return this.#weights.length;
  }

  /** Draws a position (or a choice) from a kernel in one dimension. */
  sample(kernel: number, dimension: number, random: Random): number {
    const kernels = this.#dimensions[dimension] as Kernels;
    if ("middles" in kernels) return sampleNormal(kernels, kernel, random);
    const chosen = kernels.chosen[kernel];
    const flat = chosen === undefined || Number.isNaN(chosen) ||
      random.next() < kernels.away;
    return flat ? random.integer(kernels.count) : chosen;
  }

  /**
   * Returns the logarithm of the density at a point.
   *
   * @param row The row of the point; NaN for a dimension that does not exist.
   * @param without The numbers of kernels that are left out; the bandwidths stay those of all kernels.
   */
  logDensity(row: Row, without: readonly number[] = []): number {
    const terms = this.#terms;
    terms.set(this.#base);
    let left = this.#total;
    for (const kernel of without) {
      terms[kernel] = -Infinity;
      left -= this.#weights[kernel] as number;
    }
    let prior = -Math.log(this.#total);
    this.#dimensions.forEach((kernels, dimension) => {
      const position = row[dimension] as number;
      if (Number.isNaN(position)) return;
      if ("middles" in kernels) {
        addNormals(terms, kernels, position);
        return;
      }
      prior -= Math.log(kernels.count);
      addChoices(terms, kernels, position);
    });
    return logSumExp(terms, prior) + Math.log(this.#total / left);
  }
}

function addChoices(
  terms: Float64Array,
  { chosen, count, away }: ChoiceKernels,
  choice: number,
): void {
  const flat = -Math.log(count);
  const same = Math.log(1 - away + away / count);
  const other = Math.log(away / count);
  for (let kernel = 0; kernel < terms.length; kernel++) {
    const own = chosen[kernel] as number;
    (terms[kernel] as number) += own === choice
      ? same
      : Number.isNaN(own)
      ? flat
      : other;
  }
}

/** Returns the logarithm of a sum, whose terms (and one more) are given as logarithms. */
function logSumExp(terms: Float64Array, last: number): number {
  let greatest = last;
  for (let index = 0; index < terms.length; index++) {
    const term = terms[index] as number;
    if (term > greatest) greatest = term;
  }
  let sum = Math.exp(last - greatest);
  for (let index = 0; index < terms.length; index++) {
    const below = (terms[index] as number) - greatest;
    // Each term that is left out is less than 1e-13 of the sum.
    if (below > -30) sum += Math.exp(below);
  }
  return greatest + Math.log(sum);
}
