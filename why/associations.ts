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
  const runs = samples.map(({ run }) => run);
  const sides = new Map(
    factors.map((id) => [id, sidesOf(frame, id, a, b, runs)]),
  );
  const groups = groupsOf(factors, sides);
  const found = groups.flatMap((ids) => {
    const blocks = blocksOf(
      frame,
      ids,
      ids.map((id) => sides.get(id) ?? []),
      samples,
    )
      .filter(({ first, second }) => first.length > 0 && second.length > 0);
    const sizes = [sizeOf(blocks, "first"), sizeOf(blocks, "second")] as const;
    if (Math.min(...sizes) < LEAST_RUNS) return [];
    const test = permuteWithinBlocks(blocks);
    return test
      ? [{ ids, effect: test.difference, p: test.p, sides: sizes }]
      : [];
  });
  const ps = holm(found.map(({ p }) => p));
  return found.map((one, index) => ({ ...one, p: ps[index] ?? 1 }));
}

function sizeOf(blocks: readonly Block[], side: "first" | "second"): number {
  return blocks.reduce((sum, block) => sum + block[side].length, 0);
}

/** Which of the two runs a run is like in a factor. */
type Side = "a" | "b" | undefined;

/** Which of the two runs each sample is like in a factor that varies. */
function sidesOf(
  frame: Frame,
  id: string,
  a: RunFacts,
  b: RunFacts,
  runs: readonly RunFacts[],
): Side[] {
  const [ofA, ofB] = [frame.codeOf(a, id), frame.codeOf(b, id)];
  return frame.codesIn(id, runs).map((code) => {
    if (code === ofA) return "a";
    return code === ofB ? "b" : undefined;
  });
}

/** Joins factors that too few runs tell apart. */
function groupsOf(
  factors: readonly string[],
  sides: ReadonlyMap<string, readonly Side[]>,
): string[][] {
  const groups: string[][] = [];
  for (const id of factors) {
    const joined = groups.filter((group) =>
      group.some((other) =>
        !areApart(sides.get(other) ?? [], sides.get(id) ?? [])
      )
    );
    const rest = groups.filter((group) => !joined.includes(group));
    groups.splice(0, groups.length, ...rest, [...joined.flat(), id]);
  }
  const place = (id: string) => factors.indexOf(id);
  return groups.map((group) => group.sort((x, y) => place(x) - place(y)));
}

function areApart(one: readonly Side[], other: readonly Side[]): boolean {
  let [first, second] = [0, 0];
  for (let index = 0; index < one.length; index++) {
    if (one[index] === "a" && other[index] === "b") first++;
    else if (one[index] === "b" && other[index] === "a") second++;
    else continue;
    if (first >= LEAST_APART && second >= LEAST_APART) return true;
  }
  return false;
}

/** Blocks of runs that agree in every other varying factor and are equally complete. */
function blocksOf(
  frame: Frame,
  ids: readonly string[],
  sides: readonly (readonly Side[])[],
  samples: readonly Sample[],
): Block[] {
  const blocks = new Map<string, { first: number[]; second: number[] }>();
  const common = samples.map((_, index): Side => {
    const side = sides[0]?.[index];
    return sides.every((one) => one[index] === side) ? side : undefined;
  });
  const isLike = (side: Side) =>
    common.filter((one) => one === side).length >= LEAST_RUNS;
  if (!isLike("a") || !isLike("b")) return [];
  samples.forEach(({ run, value }, index) => {
    const side = common[index];
    if (side === undefined) return;
    const key = frame.keyWithout(run, ids);
    const block = blocks.get(key) ?? { first: [], second: [] };
    block[side === "a" ? "first" : "second"].push(value);
    blocks.set(key, block);
  });
  return [...blocks.values()];
}
