import type { Random } from "../random.ts";

/** Trials as a table: one column for each dimension. */
export interface Table {
  /** The numbers of each dimension: positions from 0 to 1, or numbers of choices. */
  readonly columns: readonly Float64Array[];
  /** The number of choices of each dimension; 0 if its positions have an order. */
  readonly choices: readonly number[];
  /** The metric of each row, with a mean near 0. */
  readonly targets: Float64Array;
}

/** The part of the space in which a tree has one value. */
export interface Box {
  /** The lower bound of each dimension. */
  readonly low: Float64Array;
  /** The upper bound of each dimension. */
  readonly high: Float64Array;
  /** The choices that are in the box, 1 each, of dimensions with choices. */
  readonly sets: readonly (Uint8Array | undefined)[];
}

/** A leaf of a tree. */
export interface Leaf {
  readonly box: Box;
  readonly value: number;
}

/** Where a node is divided. */
interface Split {
  readonly column: number;
  /** How much of the squares it explains. */
  readonly gain: number;
  /** The greatest position on the left side, of a dimension with an order. */
  readonly at: number;
  /** The choices on the left side. */
  readonly left: Uint8Array | undefined;
}

/** The range of the rows of a node: those that it was grown from, and those that it was not. */
interface Node {
  readonly start: number;
  readonly end: number;
  readonly outStart: number;
  readonly outEnd: number;
  readonly box: Box;
  readonly depth: number;
}

/** The sums of a node. */
interface Sums {
  readonly sum: number;
  readonly weight: number;
  /** Gains that differ by no more are equal: only rounding tells them apart. */
  readonly equal: number;
}

const DEEPEST = 64;
/** The same as a share of the squares of the node. */
const EQUAL = 1e-9;

/**
 * Grows a regression tree on rows that are drawn with replacement.
 *
 * Source: L. Breiman and others, Classification and Regression Trees (1984); choices without order are divided
 * in the order of their means, which finds the best of all divisions (Fisher 1958).
 *
 * @param table The rows.
 * @param options The number of rows to draw, the generator, and what is told the value of each row that was not
 * drawn.
 * @returns the leaves; their boxes divide the space.
 */
export function growTree(
  table: Table,
  options: {
    readonly draws: number;
    readonly random: Random;
    readonly onOut: (row: number, value: number) => void;
  },
): Leaf[] {
  return new Grower(table, options).grow();
}

class Grower {
  readonly #table: Table;
  readonly #onOut: (row: number, value: number) => void;
  readonly #weights: Float64Array;
  /** The drawn rows, and the same sorted by each dimension that has an order. */
  readonly #rows: Int32Array;
  readonly #orders: readonly (Int32Array | undefined)[];
  readonly #out: Int32Array;
  readonly #scratch: Int32Array;
  readonly #leaves: Leaf[] = [];
  readonly #random: Random;
  readonly #columns: number[];

  constructor(
    table: Table,
    { draws, random, onOut }: {
      readonly draws: number;
      readonly random: Random;
      readonly onOut: (row: number, value: number) => void;
    },
  ) {
    this.#table = table;
    this.#onOut = onOut;
    this.#random = random;
    this.#columns = table.columns.map((_, column) => column);
    const count = table.targets.length;
    this.#weights = new Float64Array(count);
    for (let draw = 0; draw < draws; draw++) {
      const row = random.integer(count);
      this.#weights[row] = this.#weights[row]! + 1;
    }
    const all = Int32Array.from({ length: count }, (_, row) => row);
    this.#rows = all.filter((row) => this.#weights[row]! > 0);
    this.#out = all.filter((row) => this.#weights[row] === 0);
    this.#orders = table.columns.map((column, index) =>
      table.choices[index]! > 0
        ? undefined
        : this.#rows.slice().sort((a, b) => column[a]! - column[b]! || a - b)
    );
    this.#scratch = new Int32Array(count);
  }

  grow(): Leaf[] {
    const { columns, choices } = this.#table;
    this.#node({
      start: 0,
      end: this.#rows.length,
      outStart: 0,
      outEnd: this.#out.length,
      box: {
        low: new Float64Array(columns.length),
        high: new Float64Array(columns.length).fill(1),
        sets: choices.map((count) =>
          count > 0 ? new Uint8Array(count).fill(1) : undefined
        ),
      },
      depth: 0,
    });
    return this.#leaves;
  }

  #node(node: Node): void {
    const { start, end, outStart, outEnd, box, depth } = node;
    let weight = 0;
    let sum = 0;
    let squares = 0;
    for (let index = start; index < end; index++) {
      const row = this.#rows[index]!;
      const target = this.#table.targets[row]!;
      weight += this.#weights[row]!;
      sum += this.#weights[row]! * target;
      squares += this.#weights[row]! * target * target;
    }
    const split = depth < DEEPEST && end - start > 1
      ? this.#best(node, { sum, weight, equal: EQUAL * squares })
      : undefined;
    const least = sum * sum / weight + EQUAL * squares;
    if (split === undefined || split.gain <= least) {
      const value = sum / weight;
      this.#leaves.push({ box, value });
      for (let index = outStart; index < outEnd; index++) {
        this.#onOut(this.#out[index]!, value);
      }
      return;
    }
    const middle = this.#divide(this.#rows, start, end, split);
    for (const order of this.#orders) {
      if (order !== undefined) this.#divide(order, start, end, split);
    }
    const outMiddle = this.#divide(this.#out, outStart, outEnd, split);
    const [left, right] = halves(box, split);
    const next = depth + 1;
    this.#node({
      ...{ start, end: middle, outStart, outEnd: outMiddle },
      ...{ box: left, depth: next },
    });
    this.#node({
      ...{ start: middle, end, outStart: outMiddle, outEnd },
      ...{ box: right, depth: next },
    });
  }

  /** Moves the rows of the left side to the front, in their order, and returns where the right side starts. */
  #divide(
    rows: Int32Array,
    start: number,
    end: number,
    { column, at, left }: Split,
  ): number {
    const numbers = this.#table.columns[column]!;
    let front = start;
    let kept = 0;
    for (let index = start; index < end; index++) {
      const row = rows[index]!;
      const number = numbers[row]!;
      if (left === undefined ? number <= at : left[number] === 1) {
        rows[front++] = row;
      } else this.#scratch[kept++] = row;
    }
    rows.set(this.#scratch.subarray(0, kept), front);
    return front;
  }

  /** Of equal divisions, a random dimension has its own: in small nodes many are equal. */
  #best(node: Node, sums: Sums): Split | undefined {
    const columns = this.#columns;
    let best: Split | undefined;
    for (let place = 0; place < columns.length; place++) {
      const other = place + this.#random.integer(columns.length - place);
      const column = columns[other]!;
      columns[other] = columns[place]!;
      columns[place] = column;
      const order = this.#orders[column];
      const split = order === undefined
        ? this.#bestSet(node, column, sums)
        : this.#bestPosition(node, column, order, sums);
      if (split && split.gain > (best?.gain ?? -Infinity) + sums.equal) {
        best = split;
      }
    }
    return best;
  }

  #bestPosition(
    { start, end }: Node,
    column: number,
    order: Int32Array,
    { sum, weight, equal }: Sums,
  ): Split | undefined {
    const numbers = this.#table.columns[column]!;
    const { targets } = this.#table;
    let leftSum = 0;
    let leftWeight = 0;
    let gain = -Infinity;
    let at = NaN;
    for (let index = start; index < end - 1; index++) {
      const row = order[index]!;
      leftWeight += this.#weights[row]!;
      leftSum += this.#weights[row]! * targets[row]!;
      const here = numbers[row]!;
      const next = numbers[order[index + 1]!]!;
      if (next === here) continue;
      const rightSum = sum - leftSum;
      const found = leftSum * leftSum / leftWeight +
        rightSum * rightSum / (weight - leftWeight);
      if (found <= gain + equal) continue;
      gain = found;
      const middle = here + (next - here) / 2;
      at = middle < next ? middle : here;
    }
    return gain === -Infinity
      ? undefined
      : { column, gain, at, left: undefined };
  }

  #bestSet(
    { start, end }: Node,
    column: number,
    { sum, weight, equal }: Sums,
  ): Split | undefined {
    const numbers = this.#table.columns[column]!;
    const count = this.#table.choices[column]!;
    const sums = new Float64Array(count);
    const weights = new Float64Array(count);
    for (let index = start; index < end; index++) {
      const row = this.#rows[index]!;
      const choice = numbers[row]!;
      weights[choice] = weights[choice]! + this.#weights[row]!;
      sums[choice] = sums[choice]! +
        this.#weights[row]! * this.#table.targets[row]!;
    }
    const seen = Array.from(weights.keys())
      .filter((choice) => weights[choice]! > 0)
      .sort((a, b) => sums[a]! / weights[a]! - sums[b]! / weights[b]! || a - b);
    let leftSum = 0;
    let leftWeight = 0;
    let gain = -Infinity;
    let size = 0;
    let halfway = 0;
    for (let index = 0; index < seen.length - 1; index++) {
      leftSum += sums[seen[index]!]!;
      leftWeight += weights[seen[index]!]!;
      const rightSum = sum - leftSum;
      const found = leftSum * leftSum / leftWeight +
        rightSum * rightSum / (weight - leftWeight);
      if (found <= gain + equal) continue;
      gain = found;
      size = index + 1;
      halfway = 2 * leftWeight - weight;
    }
    if (size === 0) return undefined;
    const lower = new Set(seen.slice(0, size));
    // The first choice is on the left, so that the sign of the metric does not matter.
    const isLower = lower.has(Math.min(...seen));
    const heavier = isLower ? halfway >= 0 : halfway <= 0;
    // Choices that no row of the node has are on the side that has more rows.
    const left = Uint8Array.from(
      weights,
      (one, choice) =>
        Number(one === 0 ? heavier : lower.has(choice) === isLower),
    );
    return { column, gain, at: NaN, left };
  }
}

function halves(box: Box, { column, at, left }: Split): [Box, Box] {
  if (left === undefined) {
    const high = box.high.slice();
    const low = box.low.slice();
    high[column] = at;
    low[column] = at;
    return [{ ...box, high }, { ...box, low }];
  }
  const both = box.sets[column]!;
  const side = (wanted: number): Box => ({
    ...box,
    sets: box.sets.map((set, index) =>
      index === column
        ? both.map((is, choice) => is === 1 && left[choice] === wanted ? 1 : 0)
        : set
    ),
  });
  return [side(1), side(0)];
}
