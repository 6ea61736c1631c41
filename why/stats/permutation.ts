/**
 * Permutation tests within blocks (R. A. Fisher, The Design of Experiments, 1935).
 *
 * @module
 */
import { randomNumbers, shuffle } from "./random.ts";

/** Runs that agree in everything but what is tested. */
export interface Block {
  /** The values of one side. */
  readonly first: readonly number[];
  /** The values of the other side. */
  readonly second: readonly number[];
}

/** The difference between the sides of blocks. */
export interface BlockTest {
  /** The difference of the means, the second minus the first, weighted by the information of each block. */
  readonly difference: number;
  /** The two-sided p value. */
  readonly p: number;
}

/** As many arrangements are all tried; of more, this many are drawn. */
const MOST = 20_000;

/**
 * Tests whether the sides of blocks differ, by exchanging values within each block.
 *
 * @param blocks The blocks; those that have one side only say nothing.
 * @returns the difference and its p value; `undefined` if no block has both sides.
 */
export function permuteWithinBlocks(
  blocks: readonly Block[],
): BlockTest | undefined {
  const parts = blocks
    .filter(({ first, second }) => first.length > 0 && second.length > 0)
    .map(partOf);
  const weight = parts.reduce((sum, { weight }) => sum + weight, 0);
  if (parts.length === 0) return undefined;
  const observed = parts.reduce((sum, part) => sum + part.observed, 0);
  const arrangements = parts.reduce(
    (count, { values, take }) => count * choose(values.length, take),
    1,
  );
  const sums = arrangements <= MOST
    ? allSums(parts)
    : drawnSums(parts, MOST - 1);
  const isAsLarge = (sum: number) =>
    Math.abs(sum) >= Math.abs(observed) * (1 - 1e-9);
  const hits = sums.filter(isAsLarge).length;
  return {
    difference: observed / weight,
    // The observed arrangement is one of those that are possible.
    p: arrangements <= MOST
      ? hits / sums.length
      : (hits + 1) / (sums.length + 1),
  };
}

interface Part {
  /** The values around their mean, those of the second side first. */
  readonly values: readonly number[];
  /** The size of the second side. */
  readonly take: number;
  /** The sum of the second side: the difference of the means times the weight. */
  readonly observed: number;
  readonly weight: number;
}

function partOf({ first, second }: Block): Part {
  const all = [...second, ...first];
  const mean = all.reduce((sum, value) => sum + value / all.length, 0);
  const values = all.map((value) => value - mean);
  return {
    values,
    take: second.length,
    observed: sumOf(values.slice(0, second.length)),
    weight: first.length * second.length / all.length,
  };
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function choose(n: number, k: number): number {
  let count = 1;
  for (let i = 1; i <= Math.min(k, n - k); i++) {
    count = count * (n - Math.min(k, n - k) + i) / i;
  }
  return Math.round(count);
}

/** The sums of every arrangement: those of one block combined with those of the next. */
function allSums(parts: readonly Part[]): number[] {
  return parts.reduce<number[]>((sums, { values, take }) => {
    const own = subsetSums(values, take);
    return sums.flatMap((sum) => own.map((one) => sum + one));
  }, [0]);
}

function subsetSums(
  values: readonly number[],
  take: number,
  from: number = 0,
): number[] {
  if (take === 0) return [0];
  const sums: number[] = [];
  for (let at = from; at <= values.length - take; at++) {
    const value = values[at] ?? 0;
    for (const rest of subsetSums(values, take - 1, at + 1)) {
      sums.push(value + rest);
    }
  }
  return sums;
}

function drawnSums(parts: readonly Part[], count: number): number[] {
  const next = randomNumbers(1);
  return Array.from(
    { length: count },
    () =>
      sumOf(parts.map(({ values, take }) => {
        const mixed = [...values];
        shuffle(mixed, next);
        return sumOf(mixed.slice(0, take));
      })),
  );
}
