import type { Random } from "../random.ts";
import type { Row } from "./_history.ts";
import { normalShare, normalShareTable } from "./_normal_share.ts";
import type { ParzenSettings } from "./_parzen.ts";

/**
 * The kernels of a dimension of numbers: normal distributions around the positions of the rows, truncated at 0
 * and 1.
 */
export interface NormalKernels {
  /** The means, each times its scale. */
  readonly middles: Float64Array;
  /** 1 / (sqrt(2) deviation) of each kernel; 0 for a flat one. */
  readonly scales: Float64Array;
  /** The scale of all kernels, if it is the same. */
  readonly scale: number | undefined;
  /** The logarithm of the divisor of each density, if it is not in the common divisors. */
  readonly norms: Float64Array | undefined;
}

/** Options for {@linkcode normalKernels}. */
interface NormalSettings extends ParzenSettings {
  /** The number of dimensions of the space. */
  readonly dimensions: number;
  /** Is multiplied by the divisors of the densities, if all rows have the dimension. */
  readonly divisors: Float64Array | undefined;
}

/**
 * The least deviation, in bins. With it the densities at the middles of the bins add up to 1 (to within 1%, and
 * 20% at the ends), and the next bin has 4% of the probability of the kernel's own bin.
 */
const BIN_REACH = 0.4;

/** Makes kernels of one bandwidth, but each wide enough to reach the neighbouring bins. */
export function normalKernels(
  rows: readonly Row[],
  dimension: number,
  settings: NormalSettings,
): NormalKernels {
  const { dimensions, divisors } = settings;
  const middles = new Float64Array(rows.length);
  const scales = new Float64Array(rows.length);
  const norms = divisors ? undefined : new Float64Array(rows.length);
  const shared = Math.min(1, bandwidth(rows, dimension, settings));
  const sharedScale = Math.SQRT1_2 / shared;
  // The table costs as much as about a thousand values of the function.
  const share = rows.length > TABLE_FROM
    ? normalShareTable(sharedScale)
    : (middle: number) => normalShare(middle, sharedScale);
  let same = true;
  for (let kernel = 0; kernel < rows.length; kernel++) {
    const row = rows[kernel] as Row;
    const middle = row[dimension] as number;
    if (Number.isNaN(middle)) {
      same = false;
      continue;
    }
    const reach = BIN_REACH * (row[dimensions + dimension] as number);
    const wide = reach > shared;
    if (wide) same = false;
    const scale = wide ? Math.SQRT1_2 / reach : sharedScale;
    middles[kernel] = middle * scale;
    scales[kernel] = scale;
    const inside = wide ? normalShare(middle, scale) : share(middle);
    const divisor = SQRT_PI * inside / scale;
    if (divisors) (divisors[kernel] as number) *= divisor;
    if (norms) norms[kernel] = Math.log(divisor);
  }
  return { middles, scales, scale: same ? sharedScale : undefined, norms };
}

const TABLE_FROM = 2048;
const SQRT_PI = Math.sqrt(Math.PI);

/** Adds the logarithms of the densities of the kernels at a position. */
export function addNormals(
  terms: Float64Array,
  { middles, scales, scale, norms }: NormalKernels,
  position: number,
): void {
  if (scale !== undefined) {
    const scaled = position * scale;
    for (let kernel = 0; kernel < terms.length; kernel++) {
      const distance = scaled - (middles[kernel] as number);
      (terms[kernel] as number) -= distance * distance;
    }
  } else {
    for (let kernel = 0; kernel < terms.length; kernel++) {
      const distance = position * (scales[kernel] as number) -
        (middles[kernel] as number);
      (terms[kernel] as number) -= distance * distance;
    }
  }
  if (norms === undefined) return;
  for (let kernel = 0; kernel < terms.length; kernel++) {
    (terms[kernel] as number) -= norms[kernel] as number;
  }
}

/** Draws a position from a kernel; from a flat one if there is no such kernel. */
export function sampleNormal(
  { middles, scales }: NormalKernels,
  kernel: number,
  random: Random,
): number {
  const scale = scales[kernel] ?? 0;
  if (scale === 0) return random.next();
  const middle = (middles[kernel] as number) / scale;
  for (;;) {
    // At least a third of a kernel is between 0 and 1.
    const position = middle + random.normal() * Math.SQRT1_2 / scale;
    if (position >= 0 && position <= 1) return position;
  }
}

/** Returns the bandwidth by the rule of thumb, over the rows that have the dimension and one even distribution. */
function bandwidth(
  rows: readonly Row[],
  dimension: number,
  { bandwidth, leastBandwidth, dimensions }: NormalSettings,
): number {
  let count = 1;
  let sum = 0.5;
  let squares = 1 / 3;
  for (const row of rows) {
    const position = row[dimension] as number;
    if (Number.isNaN(position)) continue;
    count++;
    sum += position;
    squares += position * position;
  }
  // Positions are from 0 to 1, so the difference of squares loses little.
  const variance = Math.max(0, squares / count - (sum / count) ** 2);
  const rule = Math.sqrt(variance) * count ** (-1 / (dimensions + 4));
  return Math.max(bandwidth * rule, leastBandwidth);
}
