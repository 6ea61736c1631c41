/**
 * The variance of a tree over the whole space, exactly: by parameter, and by pair of parameters.
 *
 * Source: F. Hutter, H. Hoos and K. Leyton-Brown, An Efficient Approach for Assessing Hyperparameter Importance,
 * ICML (2014).
 */
import type { Leaf } from "./_tree.ts";

/** A dimension divided at all bounds of the leaves: within a cell no marginal changes. */
interface Cells {
  /** The share of each cell. */
  readonly lengths: Float64Array;
  /** The ranges of cells of each leaf, `[start, end)` one after the other. */
  readonly ranges: readonly (readonly number[])[];
}

/** The variance of a tree. */
export class TreeVariance {
  /** The variance over the whole space. */
  readonly total: number;
  readonly #leaves: readonly Leaf[];
  /** The share of the space of each leaf. */
  readonly #volumes: Float64Array;
  readonly #mean: number;
  readonly #cells = new Map<number, Cells>();
  readonly #main = new Map<number, number>();

  constructor(leaves: readonly Leaf[]) {
    this.#leaves = leaves;
    const dimensions = leaves[0]?.box.low.length ?? 0;
    this.#volumes = Float64Array.from(leaves, (leaf) => {
      let volume = 1;
      for (let d = 0; d < dimensions; d++) volume *= side(leaf, d);
      return volume;
    });
    let mean = 0;
    leaves.forEach(({ value }, at) => mean += value * this.#volumes[at]!);
    this.#mean = mean;
    let total = 0;
    leaves.forEach(({ value }, at) =>
      total += (value - mean) ** 2 * this.#volumes[at]!
    );
    this.total = total;
  }

  /** Returns the variance that a dimension explains alone. */
  ofOne(dimension: number): number {
    const known = this.#main.get(dimension);
    if (known !== undefined) return known;
    const { lengths, ranges } = this.#cellsOf(dimension);
    const marginal = new Float64Array(lengths.length + 1);
    this.#leaves.forEach((leaf, at) => {
      const part = (leaf.value - this.#mean) * this.#volumes[at]! /
        side(leaf, dimension);
      const range = ranges[at]!;
      for (let r = 0; r < range.length; r += 2) {
        marginal[range[r]!] = marginal[range[r]!]! + part;
        marginal[range[r + 1]!] = marginal[range[r + 1]!]! - part;
      }
    });
    let height = 0;
    let variance = 0;
    lengths.forEach((length, cell) => {
      height += marginal[cell]!;
      variance += length * height * height;
    });
    this.#main.set(dimension, variance);
    return variance;
  }

  /** Returns the variance that two dimensions explain together, beyond what each explains alone. */
  ofPair(one: number, other: number): number {
    const a = this.#cellsOf(one);
    const b = this.#cellsOf(other);
    const width = b.lengths.length + 1;
    const marginal = new Float64Array((a.lengths.length + 1) * width);
    const add = (row: number, column: number, part: number) => {
      const at = row * width + column;
      marginal[at] = marginal[at]! + part;
    };
    this.#leaves.forEach((leaf, at) => {
      const part = (leaf.value - this.#mean) * this.#volumes[at]! /
        (side(leaf, one) * side(leaf, other));
      const rows = a.ranges[at]!;
      const columns = b.ranges[at]!;
      for (let r = 0; r < rows.length; r += 2) {
        for (let c = 0; c < columns.length; c += 2) {
          add(rows[r]!, columns[c]!, part);
          add(rows[r]!, columns[c + 1]!, -part);
          add(rows[r + 1]!, columns[c]!, -part);
          add(rows[r + 1]!, columns[c + 1]!, part);
        }
      }
    });
    const above = new Float64Array(width);
    let variance = 0;
    a.lengths.forEach((tall, row) => {
      let height = 0;
      b.lengths.forEach((wide, column) => {
        above[column] = above[column]! + marginal[row * width + column]!;
        height += above[column]!;
        variance += tall * wide * height * height;
      });
    });
    return Math.max(0, variance - this.ofOne(one) - this.ofOne(other));
  }

  #cellsOf(dimension: number): Cells {
    const known = this.#cells.get(dimension);
    if (known !== undefined) return known;
    const set = this.#leaves[0]?.box.sets[dimension];
    const cells = set === undefined
      ? cellsOfBounds(this.#leaves, dimension)
      : cellsOfSets(this.#leaves, dimension, set.length);
    this.#cells.set(dimension, cells);
    return cells;
  }
}

/** Returns the share of a dimension that a leaf covers. */
function side({ box }: Leaf, dimension: number): number {
  const set = box.sets[dimension];
  if (set === undefined) return box.high[dimension]! - box.low[dimension]!;
  let count = 0;
  for (const is of set) count += is;
  return count / set.length;
}

function cellsOfBounds(leaves: readonly Leaf[], dimension: number): Cells {
  const bounds = [
    ...new Set(leaves.map(({ box }) => box.low[dimension]!)),
    1,
  ].sort((a, b) => a - b);
  const places = new Map(bounds.map((bound, place) => [bound, place]));
  return {
    lengths: Float64Array.from(
      { length: bounds.length - 1 },
      (_, at) => bounds[at + 1]! - bounds[at]!,
    ),
    ranges: leaves.map(({ box }) => [
      places.get(box.low[dimension]!)!,
      places.get(box.high[dimension]!)!,
    ]),
  };
}

function cellsOfSets(
  leaves: readonly Leaf[],
  dimension: number,
  count: number,
): Cells {
  return {
    lengths: new Float64Array(count).fill(1 / count),
    ranges: leaves.map(({ box }) => {
      const ranges: number[] = [];
      box.sets[dimension]!.forEach((is, choice) => {
        if (is === 0) return;
        if (ranges.at(-1) === choice) ranges[ranges.length - 1] = choice + 1;
        else ranges.push(choice, choice + 1);
      });
      return ranges;
    }),
  };
}
