/**
 * What runs elsewhere in the history show: within blocks of runs that agree in everything else, whether the
 * result goes with a factor.
 *
 * @module
 */
import type { RunFacts } from "./facts.ts";
import type { Frame } from "./frame.ts";
import type { Sample } from "./replicates.ts";
import { holm } from "./stats/holm.ts";
import { type Block, permuteWithinBlocks } from "./stats/permutation.ts";

/** How the result goes with factors. */
export interface Association {
  /** The factors, which the history does not tell apart. */
  readonly ids: readonly string[];
  /** The difference of the metric, the second run's value minus the first's. */
  readonly effect: number;
  /** The p value, corrected for the number of groups of factors tried. */
  readonly p: number;
  /** The number of runs on each side. */
  readonly sides: readonly [number, number];
}

/** Fewer runs a side are no evidence. */
const LEAST_RUNS = 3;
/** Factors are told apart by this many runs each way. */
const LEAST_APART = 2;
/** Runs that differ in more factors than this are not compared by association. */
export const MOST_FACTORS = 50;

/**
 * Tests each factor in which two runs differ within blocks.
 *
 * @param frame The runs.
 * @param factors The factors.
 * @param a The first run.
 * @param b The second run.
 * @param samples The results of all runs.
 * @returns one association for each group of factors that has blocks.
 */
export function associationsOf(
  frame: Frame,
  factors: readonly string[],
  a: RunFacts,
  b: RunFacts,
  samples: readonly Sample[],
): Association[] {
  if (factors.length > MOST_FACTORS) return [];
  const groups = groupsOf(factors, a, b, samples);
  const found = groups.flatMap((ids) => {
    const blocks = blocksOf(frame, ids, a, b, samples)
      .filter(({ first, second }) => first.length > 0 && second.length > 0);
    const sides = [sizeOf(blocks, "first"), sizeOf(blocks, "second")] as const;
    if (Math.min(...sides) < LEAST_RUNS) return [];
    const test = permuteWithinBlocks(blocks);
    return test ? [{ ids, effect: test.difference, p: test.p, sides }] : [];
  });
  const ps = holm(found.map(({ p }) => p));
  return found.map((one, index) => ({ ...one, p: ps[index] ?? 1 }));
}

function sizeOf(blocks: readonly Block[], side: "first" | "second"): number {
  return blocks.reduce((sum, block) => sum + block[side].length, 0);
}

/** Which of the two runs a run is like in a factor. */
type Side = "a" | "b" | undefined;

function sideOf(run: RunFacts, id: string, a: RunFacts, b: RunFacts): Side {
  const value = run.factors.get(id);
  if (value === a.factors.get(id)) return "a";
  return value === b.factors.get(id) ? "b" : undefined;
}

/** Joins factors that too few runs tell apart. */
function groupsOf(
  factors: readonly string[],
  a: RunFacts,
  b: RunFacts,
  samples: readonly Sample[],
): string[][] {
  const sides = factors.map((id) =>
    samples.map(({ run }) => sideOf(run, id, a, b))
  );
  const groups: number[][] = [];
  factors.forEach((_, index) => {
    const joined = groups.filter((group) =>
      group.some((other) => !areApart(sides[other] ?? [], sides[index] ?? []))
    );
    const rest = groups.filter((group) => !joined.includes(group));
    groups.splice(0, groups.length, ...rest, [...joined.flat(), index]);
  });
  return groups.map((group) =>
    group.sort((x, y) => x - y).map((index) => factors[index] ?? "")
  );
}

function areApart(one: readonly Side[], other: readonly Side[]): boolean {
  const count = (x: Side, y: Side) =>
    one.filter((side, index) => side === x && other[index] === y).length;
  return count("a", "b") >= LEAST_APART && count("b", "a") >= LEAST_APART;
}

/** Blocks of runs that agree in every other varying factor and are equally complete. */
function blocksOf(
  frame: Frame,
  ids: readonly string[],
  a: RunFacts,
  b: RunFacts,
  samples: readonly Sample[],
): Block[] {
  const blocks = new Map<string, { first: number[]; second: number[] }>();
  const isLike = (side: Side) =>
    samples.filter(({ run }) =>
      ids.every((id) => sideOf(run, id, a, b) === side)
    ).length >= LEAST_RUNS;
  if (!isLike("a") || !isLike("b")) return [];
  for (const { run, value } of samples) {
    const sides = new Set(ids.map((id) => sideOf(run, id, a, b)));
    const [side] = sides;
    if (sides.size !== 1 || side === undefined) continue;
    const key = frame.keyWithout(run, ids);
    const block = blocks.get(key) ?? { first: [], second: [] };
    block[side === "a" ? "first" : "second"].push(value);
    blocks.set(key, block);
  }
  return [...blocks.values()];
}
