import type { Random } from "../random.ts";
import type { Axis } from "./_axis.ts";
import type { Row } from "./_history.ts";
import { normalShare } from "./_normal_share.ts";

/** How a density is spread. */
export interface ParzenSettings {
  /** Bandwidth in units of the rule of thumb, `deviation * n^(-1 / (d + 4))`. */
  readonly bandwidth: number;
  /** No bandwidth is less than this share of the range. */
  readonly leastBandwidth: number;
}

/** The kernels of one dimension, those of numbers: truncated normal distributions. */
interface Normals {
  readonly middles: Float64Array;
  readonly deviations: Float64Array;
  /** 1 / (sqrt(2) deviation); 0 for a kernel that is flat in this dimension. */
  readonly scales: Float64Array;
  /** The logarithm of what the density is divided by, but for a constant of the dimension. */
  readonly norms: Float64Array;
}

/** The kernels of one dimension, those of choices. */
interface Choices {
  /** The choice of each kernel; NaN for a flat one. */
  readonly chosen: Float64Array;
  readonly count: number;
  /** The chance that a kernel gives away from its own choice, evenly over all choices. */
  readonly away: number;
}

/**
 * A multivariate Parzen estimator over the unit cube: a kernel for each row, a product of one
 * distribution a dimension, and a flat one as prior. In a dimension that a row lacks its kernel is flat.
 *
 * Sources: J. Bergstra et al., Algorithms for Hyper-Parameter Optimization, NeurIPS 2011; S. Watanabe,
 * Tree-Structured Parzen Estimator: Understanding Its Algorithm Components and Their Roles for Better
 * Empirical Performance, arXiv:2304.11127 (2023), for the product kernels.
 */
export class Parzen {
  readonly #size: number;
  readonly #total: number;
  readonly #weights: Float64Array;
  readonly #logWeights: Float64Array;
  readonly #dimensions: (Normals | Choices)[];
  readonly #sums: Float64Array;

  /**
   * @param axes the dimensions.
   * @param rows the kernels.
   * @param weights one a row; the prior's weight is 1.
   * @param settings how wide the kernels are.
   */
  constructor(
    axes: readonly Axis[],
    rows: readonly Row[],
    weights: Float64Array,
    settings: ParzenSettings,
  ) {
    this.#size = rows.length + 1;
    this.#weights = new Float64Array(this.#size).fill(1);
    this.#weights.set(weights);
    this.#total = this.#weights.reduce((sum, weight) => sum + weight, 0);
    this.#logWeights = this.#weights.map((weight) =>
      Math.log(weight / this.#total)
    );
    this.#sums = new Float64Array(this.#size);
    this.#dimensions = axes.map((axis, index) =>
      axis.choices > 0
        ? choices(rows, index, axis.choices)
        : normals(rows, index, axes.length, settings)
    );
  }

  /** Chooses a kernel, by weight. */
  kernel(random: Random): number {
    let rest = random.next() * this.#total;
    for (let kernel = 0; kernel < this.#size - 1; kernel++) {
      rest -= this.#weights[kernel] ?? 0;
      if (rest < 0) return kernel;
    }
    return this.#size - 1;
  }

  /** A position (or a choice) from a kernel in one dimension. */
  sample(kernel: number, dimension: number, random: Random): number {
    const kernels = this.#dimensions[dimension] as Normals | Choices;
    if ("chosen" in kernels) {
      const chosen = kernels.chosen[kernel] as number;
      const flat = Number.isNaN(chosen) || random.next() < kernels.away;
      return flat ? random.integer(kernels.count) : chosen;
    }
    if (kernels.scales[kernel] === 0) return random.next();
    const middle = kernels.middles[kernel] as number;
    const deviation = kernels.deviations[kernel] as number;
    for (;;) {
      // At least a third of the kernel is inside.
      const position = middle + deviation * random.normal();
      if (position >= 0 && position <= 1) return position;
    }
  }

  /**
   * The logarithm of the density, but for a constant that belongs to the dimensions that exist in it.
   *
   * @param row as of a point; NaN where a dimension does not exist.
   */
  logDensity(row: Row): number {
    const sums = this.#sums;
    sums.set(this.#logWeights);
    this.#dimensions.forEach((kernels, dimension) => {
      const position = row[dimension] as number;
      if (Number.isNaN(position)) return;
      if ("chosen" in kernels) addChoices(sums, kernels, position);
      else addNormals(sums, kernels, position);
    });
    return logSumExp(sums);
  }
}

function addNormals(
  sums: Float64Array,
  { middles, scales, norms }: Normals,
  position: number,
): void {
  for (let kernel = 0; kernel < sums.length; kernel++) {
    const distance = (position - (middles[kernel] as number)) *
      (scales[kernel] as number);
    (sums[kernel] as number) -= distance * distance + (norms[kernel] as number);
  }
}

function addChoices(
  sums: Float64Array,
  { chosen, count, away }: Choices,
  choice: number,
): void {
  const flat = -Math.log(count);
  const same = Math.log(1 - away + away / count);
  const other = Math.log(away / count);
  for (let kernel = 0; kernel < sums.length; kernel++) {
    const own = chosen[kernel] as number;
    (sums[kernel] as number) += own === choice
      ? same
      : Number.isNaN(own)
      ? flat
      : other;
  }
}

function logSumExp(terms: Float64Array): number {
  let greatest = -Infinity;
  for (let index = 0; index < terms.length; index++) {
    const term = terms[index] as number;
    if (term > greatest) greatest = term;
  }
  let sum = 0;
  for (let index = 0; index < terms.length; index++) {
    const below = (terms[index] as number) - greatest;
    // What is left out is less than 1e-13 of the sum for each kernel.
    if (below > -30) sum += Math.exp(below);
  }
  return greatest + Math.log(sum);
}

/** Kernels of choices: nearly all on the own choice, the nearer to all the more rows there are. */
function choices(
  rows: readonly Row[],
  dimension: number,
  count: number,
): Choices {
  const chosen = new Float64Array(rows.length + 1).fill(NaN);
  rows.forEach((row, kernel) => chosen[kernel] = row[dimension] as number);
  // The prior's one observation, shared by the kernels.
  const spread = count / (rows.length + 1);
  return { chosen, count, away: spread / (1 + spread) };
}

/** Kernels of numbers, of one bandwidth; at least wide enough to reach the neighbouring bins. */
function normals(
  rows: readonly Row[],
  dimension: number,
  dimensions: number,
  settings: ParzenSettings,
): Normals {
  const size = rows.length + 1;
  const kernels: Normals = {
    middles: new Float64Array(size),
    deviations: new Float64Array(size).fill(Infinity),
    scales: new Float64Array(size),
    norms: new Float64Array(size),
  };
  const shared = bandwidth(rows, dimension, dimensions, settings);
  rows.forEach((row, kernel) => {
    const middle = row[dimension] as number;
    if (Number.isNaN(middle)) return;
    const bin = row[dimensions + dimension] as number;
    const deviation = Math.min(1, Math.max(shared, BIN_REACH * bin));
    kernels.middles[kernel] = middle;
    kernels.deviations[kernel] = deviation;
    kernels.scales[kernel] = Math.SQRT1_2 / deviation;
    kernels.norms[kernel] = Math.log(
      Math.sqrt(2 * Math.PI) * deviation * normalShare(middle, deviation),
    );
  });
  return kernels;
}

/**
 * The least deviation in bins. With it the values at the middles of the bins add up to 1 to within 1%, and
 * the next bin has 4% of the chance of the own one.
 */
const BIN_REACH = 0.4;

/** Silverman's rule over the rows that have the dimension, with the flat prior as one more. */
function bandwidth(
  rows: readonly Row[],
  dimension: number,
  dimensions: number,
  { bandwidth, leastBandwidth }: ParzenSettings,
): number {
  let count = 1;
  let sum = 0.5;
  for (const row of rows) {
    const position = row[dimension] as number;
    if (Number.isNaN(position)) continue;
    count++;
    sum += position;
  }
  const mean = sum / count;
  let squares = 1 / 12 + (0.5 - mean) ** 2;
  for (const row of rows) {
    const position = row[dimension] as number;
    if (!Number.isNaN(position)) squares += (position - mean) ** 2;
  }
  const rule = Math.sqrt(squares / count) * count ** (-1 / (dimensions + 4));
  return Math.max(bandwidth * rule, leastBandwidth);
}
