/**
 * What runs between two others show: the cube.
 *
 * Two runs differ in some factors. A run is in their cube if each of these factors has the value of one of the
 * two, and every other effective factor is as in both. Factors that change together in every run of the cube
 * make one cell: the record cannot tell them apart.
 *
 * @module
 */
import type { RunFacts } from "./facts.ts";
import { type Frame, isUnread } from "./frame.ts";
import { judge, type Judgement, type NoiseOptions } from "./noise.ts";
import { bySeed, type Sample } from "./replicates.ts";
import { isEquivalent } from "./stats/mean_tests.ts";
import { momentsOf } from "./stats/moments.ts";
import { holm } from "./stats/holm.ts";
import { withoutDust } from "./stats/without_dust.ts";

/** Runs of the cube that agree in every factor. */
export interface Vertex {
  /** For each cell, whether it is as in the second run. */
  readonly bits: readonly boolean[];
  /** The results. */
  readonly samples: readonly Sample[];
}

/** A cube. */
export interface Cube {
  /** The factors of each cell. */
  readonly cells: readonly (readonly string[])[];
  /** The vertices; the first is that of the first run, the second that of the second. */
  readonly vertices: readonly Vertex[];
}

/** What happens from one vertex to another when some cells change. */
export interface Step {
  /** The vertex before the change. */
  readonly from: Vertex;
  /** The vertex after it. */
  readonly to: Vertex;
  /** The indexes of the cells that change. */
  readonly cells: readonly number[];
  /** The change of the metric. */
  readonly effect: number;
  /** The p value, corrected for the number of steps tried; absent without repeats. */
  readonly p?: number;
  /** Whether the metric moved beyond the noise; without repeats, whether it moved by half of the difference. */
  readonly isMove: boolean;
  /** Whether the metric is shown not to have moved. */
  readonly isStill: boolean;
}

/** More vertices than this are not looked at. */
const MOST_VERTICES = 64;

/**
 * Builds the cube of two runs.
 *
 * @param frame The runs.
 * @param factors The factors in which the two differ.
 * @param first The results of the first run and its repeats.
 * @param second The results of the second run and its repeats.
 * @param others The results of the other runs.
 * @returns the cube.
 */
export function buildCube(
  frame: Frame,
  factors: readonly string[],
  first: readonly Sample[],
  second: readonly Sample[],
  others: readonly Sample[],
): Cube {
  const [a, b] = [first[0]?.run, second[0]?.run];
  const corners = new Map<string, Sample[]>();
  const inside = new Set(factors);
  for (const sample of others) {
    if (a === undefined || b === undefined) break;
    const isBetween = [a, b].every((end) =>
      frame.isSameSetting(end, sample.run, inside)
    );
    if (!isBetween) continue;
    const bits = bitsOf(factors, a, b, sample.run);
    if (bits === undefined) continue;
    const key = bits.map(Number).join("");
    corners.set(key, [...corners.get(key) ?? [], sample]);
  }
  const ends = ["0", "1"].map((bit) => bit.repeat(factors.length));
  const inner = [...corners].filter(([key]) => !ends.includes(key))
    .slice(0, MOST_VERTICES);
  const rows: [string, readonly Sample[]][] = [
    [ends[0] ?? "", first],
    [ends[1] ?? "", second],
    ...inner,
  ];
  return withCells(factors, rows);
}

/** Which factors are as in the second run; `undefined` if one is as in neither. */
function bitsOf(
  factors: readonly string[],
  a: RunFacts,
  b: RunFacts,
  run: RunFacts,
): boolean[] | undefined {
  const bits = factors.map((id) => {
    const value = run.factors.get(id);
    if (value === a.factors.get(id)) return false;
    return value === b.factors.get(id) ? true : undefined;
  });
  return bits.every((bit) => bit !== undefined) ? bits : undefined;
}

/** Joins the factors that have the same bit in every row. */
function withCells(
  factors: readonly string[],
  rows: readonly [string, readonly Sample[]][],
): Cube {
  const cells = new Map<string, string[]>();
  factors.forEach((id, index) => {
    const column = rows.map(([key]) => key[index]).join("");
    cells.set(column, [...cells.get(column) ?? [], id]);
  });
  const columns = [...cells.keys()];
  const vertices = rows.map(([, samples], row) => ({
    bits: columns.map((column) => column[row] === "1"),
    samples,
  }));
  return { cells: [...cells.values()], vertices };
}

/** How steps are judged. */
export interface StepOptions extends NoiseOptions {
  /** The difference of the two runs. */
  readonly difference: number;
  /** The smallest difference that matters, if it is known. */
  readonly practicalDifference?: number | undefined;
  /** Whether repeats show what chance does; if so, steps without repeats show nothing. */
  readonly isNoiseKnown: boolean;
  /** Whether repeats with the seed of both runs are identical, so that any difference with one seed is a move. */
  readonly isExact: boolean;
  /** Whether the seeds of the two runs differ, so that their difference is no yardstick without repeats. */
  readonly isSeedOpen: boolean;
  /** Whether two runs agree in all results, one of which has so many digits that they do not by chance. */
  readonly isSameRun: (one: RunFacts, other: RunFacts) => boolean;
}

/**
 * Lists the steps of a cube: every two vertices of which one has all changes of the other and more.
 *
 * @param cube The cube.
 * @param options How to judge.
 * @returns the steps, those of the fewest cells first.
 */
export function stepsOf(cube: Cube, options: StepOptions): Step[] {
  const drafts = cube.vertices.flatMap((from) =>
    cube.vertices.flatMap((to) => {
      const cells = cellsBetween(from, to);
      if (cells === undefined || from.samples.length === 0) return [];
      if (to.samples.length === 0) return [];
      // What nothing read on either side did not change there.
      if (cells.some((cell) => isIdle(cube.cells[cell] ?? [], from, to))) {
        return [];
      }
      const found = judge(...paired(from, to), options);
      // Without repeats, a change and another seed are not told apart.
      if (found === undefined && !sharesSeed(from, to)) return [];
      return [{ from, to, cells, effect: effectOf(from, to), found }];
    })
  ).sort((x, y) => x.cells.length - y.cells.length);
  const inner = drafts.filter(({ cells, found }) =>
    found !== undefined && cells.length < cube.cells.length
  );
  const ps = holm(inner.map(({ found }) => found?.test.p ?? 1));
  return drafts.map((draft) => {
    const rank = inner.indexOf(draft);
    const p = rank < 0 ? draft.found?.test.p : ps[rank];
    const { from, to, cells, effect, found } = draft;
    const isStill = stands(from, to, found, options);
    const isMove = !isStill && (
      moves(effect, p, found, options) ||
      (options.isExact && found === undefined && effect !== 0 &&
        isOneSeed(from, to))
    );
    return {
      from,
      to,
      cells,
      effect,
      ...(p !== undefined && { p }),
      isMove,
      isStill,
    };
  });
}

/** The cells that change on the way from one vertex to another; `undefined` if one changes back. */
function cellsBetween(from: Vertex, to: Vertex): number[] | undefined {
  if (from === to) return undefined;
  if (from.bits.some((bit, cell) => bit && !to.bits[cell])) return undefined;
  const cells = from.bits.flatMap((bit, cell) =>
    bit === to.bits[cell] ? [] : [cell]
  );
  return cells.length === 0 ? undefined : cells;
}

function isIdle(ids: readonly string[], from: Vertex, to: Vertex): boolean {
  return [...from.samples, ...to.samples].every(({ run }) =>
    ids.every((id) => isUnread(run, id))
  );
}

function sharesSeed(from: Vertex, to: Vertex): boolean {
  return from.samples.some(({ seed }) =>
    to.samples.some((other) => other.seed === seed)
  );
}

/** Whether all samples of two vertices have one seed. */
function isOneSeed(from: Vertex, to: Vertex): boolean {
  return new Set([...from.samples, ...to.samples].map(({ seed }) => seed))
    .size === 1;
}

/** The samples of two vertices, those with a common seed leading if there is one, in either direction the same. */
function paired(
  from: Vertex,
  to: Vertex,
): readonly [readonly Sample[], readonly Sample[]] {
  const seeds = new Set(to.samples.map(({ seed }) => seed));
  const [common] = from.samples.map(({ seed }) => seed)
    .filter((seed) => seeds.has(seed)).sort();
  if (common === undefined) return [from.samples, to.samples];
  const [one, other] = [from, to].map(({ samples }) => [
    ...samples.filter(({ seed }) => seed === common),
    ...samples.filter(({ seed }) => seed !== common),
  ]);
  return [one ?? [], other ?? []];
}

function effectOf(from: Vertex, to: Vertex): number {
  const [a, b] = [bySeed(from.samples), bySeed(to.samples)];
  const common = [...a.keys()].filter((seed) => b.has(seed));
  if (common.length > 0) {
    return momentsOf(
      common.map((seed) =>
        momentsOf(b.get(seed) ?? []).mean - momentsOf(a.get(seed) ?? []).mean
      ),
    ).mean;
  }
  const mean = (seeds: Map<string, number[]>) =>
    momentsOf([...seeds.values()].map((values) => momentsOf(values).mean)).mean;
  return mean(b) - mean(a);
}

/** Equal to the last bit with the same seed, or by a test of equivalence. */
function stands(
  from: Vertex,
  to: Vertex,
  found: Judgement | undefined,
  { alpha, difference, practicalDifference, isSameRun }: StepOptions,
): boolean {
  const isEqual = from.samples.some(({ run, seed }) =>
    to.samples.some((other) => other.seed === seed && isSameRun(run, other.run))
  );
  if (isEqual) return true;
  const estimate = found?.estimate;
  if (estimate === undefined) return false;
  if (estimate.error === 0) {
    return estimate.difference === 0 && found?.test.kind === "identical" &&
      from.samples.length + to.samples.length > 2;
  }
  // A small effect may be certain: then it is an effect, unless it is a tenth of the difference at most.
  const share = found?.test.isBeyondNoise ? 10 : 2;
  const margin = Math.min(
    Math.abs(difference) / share,
    practicalDifference ?? Infinity,
  );
  return isEquivalent(estimate, margin, alpha);
}

function moves(
  effect: number,
  p: number | undefined,
  found: Judgement | undefined,
  { alpha, difference, isNoiseKnown, isSeedOpen }: StepOptions,
): boolean {
  if (!isNoiseKnown) {
    return withoutDust(Math.abs(effect)) >=
      withoutDust(Math.abs(difference) / (isSeedOpen ? 5 : 2));
  }
  if (found === undefined || p === undefined) return false;
  return found.test.isBeyondNoise && p <= alpha;
}
