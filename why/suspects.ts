/**
 * Orders what differs by the evidence against it.
 *
 * @module
 */
import { kindOfFactor } from "../internal/run_factors.ts";
import type { RunFacts } from "./facts.ts";
import type { Association } from "./associations.ts";
import type { Cube, Step, Vertex } from "./interventions.ts";
import { inPriorOrder } from "./prior_order.ts";
import { withoutDust } from "./stats/without_dust.ts";
import { momentsOf } from "./stats/moments.ts";
import { pOf } from "./stats/mean_tests.ts";
import type { ClearedFactor, Joint, VerdictSuspect } from "./verdict_types.ts";

/** What the record says about factors. */
export interface Findings {
  /** The suspects, likeliest first. */
  readonly suspects: readonly VerdictSuspect[];
  /** Factors that are not needed. */
  readonly cleared: readonly ClearedFactor[];
  /** How the first suspects act together. */
  readonly joint?: Joint;
  /** Whether other runs lie between the two. */
  readonly hasRunsBetween?: boolean;
  /** The step that convicts the first suspect. */
  readonly step?: Step;
  /**
   * What is explained, of which the effects are parts: the difference of the metric, second minus first; 1 if the
   * second run alone failed or is not finite, -1 if the first one alone is so.
   */
  readonly difference?: number;
}

/** What the suspects are taken from. */
export interface Known {
  /** The first run. */
  readonly a: RunFacts;
  /** The second run. */
  readonly b: RunFacts;
  /** Code that was moved and changed: its id in the second run, and in the first. */
  readonly moved: ReadonlyMap<string, string>;
  /** The factors in which they differ. */
  readonly factors: readonly string[];
  /** Their cube. */
  readonly cube: Cube;
  /** The steps of the cube. */
  readonly steps: readonly Step[];
  /** What is to be explained, as in {@linkcode Findings.difference}. */
  readonly difference: number;
  /** Tests factors that the cube does not decide. */
  readonly associate: (factors: readonly string[]) => readonly Association[];
  /** The level of the tests. */
  readonly alpha: number;
  /** Whether the factors are all in which the two differ: none is unknown, and they were recorded alike. */
  readonly isAlone: boolean;
  /** Whether the runs differ in length alone. */
  readonly isAboutLength: boolean;
  /** Whether the seeds differ, so that the difference may go the other way than what a factor does. */
  readonly isSeedOpen: boolean;
}

/**
 * Orders the factors in which two runs differ.
 *
 * @param record What is known.
 * @returns the suspects, and the factors that are shown not to be needed.
 */
export function findSuspects(record: Known): Findings {
  const all = record.cube.cells.map((_, cell) => cell);
  const moves = minimalMoves(record);
  // A move of everything that differs says nothing that is not known, unless that is one factor.
  const isApart = moves.length > 0 &&
      moves.every(({ cells }) => cells.length < all.length) ||
    (record.factors.length === 1 && record.isAlone);
  if (!isApart) return undecided(record, all);
  const used = new Set(moves.flatMap(({ cells }) => cells));
  const rest = all.filter((cell) => !used.has(cell));
  const cleared = moves.length === 0
    ? []
    : rest.flatMap((cell) => clear(record, cell, used));
  const isCleared = (cell: number) =>
    record.cube.cells[cell]?.some((id) => cleared.some((one) => one.id === id));
  const blocks = [
    ...moves.map((step) => movedBlock(record, step)),
    ...rest.filter((cell) => !isCleared(cell)).map((cell) =>
      leftBlock(record, cell)
    ),
  ];
  const order = inPriorOrder(record.factors, record.isAboutLength);
  const places = ({ suspects }: SuspectBlock) =>
    suspects.map(({ id }) => order.indexOf(id));
  blocks.sort((x, y) =>
    y.toward - x.toward || pOfStep(x.step) - pOfStep(y.step) ||
    x.suspects.length - y.suspects.length || comparePlaces(places(x), places(y))
  );
  const least = leastOf(record);
  // None of the changes alone went the way of the difference: they act together, or something else does.
  if ((blocks[0]?.toward ?? 0) < least) {
    return undecided(record, all);
  }
  const first = blocks[0]?.step;
  // How much of the difference goes with a factor is not known while the seed may make any of it.
  const joint = record.isSeedOpen ? undefined : jointOf(record, moves);
  return {
    suspects: withoutRepeats(blocks.flatMap(({ suspects }) => suspects)),
    cleared,
    difference: record.difference,
    ...(joint && { joint }),
    ...(first && { step: first }),
  };
}

/**
 * Nothing moved the result beyond the noise. What is not needed for the second run's result, and what leaves that of
 * the first run as it is, is not named, if something is left.
 */
function undecided(record: Known, all: readonly number[]): Findings {
  const [start, end] = record.cube.vertices;
  const found = new Map<number, ClearedFactor["reason"]>();
  const idle = record.steps.filter(({ isStill, from, to }) =>
    isStill && (from === start || to === end)
  );
  const steps = new Map<number, Step>();
  for (const step of idle) {
    for (const cell of step.cells) {
      if (found.has(cell)) continue;
      found.set(cell, step.to === end ? "suffices" : "no-effect");
      steps.set(cell, step);
    }
  }
  const open = all.filter((cell) => !found.has(cell));
  if (open.length === 0 || open.length === all.length) {
    return { suspects: undecidedSuspects(record, all), cleared: [] };
  }
  return {
    suspects: undecidedSuspects(record, open),
    cleared: [...steps].flatMap(([cell, step]) =>
      (record.cube.cells[cell] ?? []).map((id) => ({
        id,
        reason: found.get(cell) ?? "no-effect",
        runs: runsOf(step),
      }))
    ),
  };
}

/** Suspects that belong together, and how much of the difference goes with them. */
interface SuspectBlock {
  readonly suspects: readonly VerdictSuspect[];
  readonly toward: number;
  readonly step?: Step;
}

/** Blocks can have their first factors in common: the answer must not follow from the order of the runs. */
function comparePlaces(
  one: readonly number[],
  other: readonly number[],
): number {
  const at = one.findIndex((place, i) => place !== other[i]);
  return at < 0 ? one.length - other.length : one[at]! - (other[at] ?? -1);
}

/** A cell can be part of two moves: the larger one names it. */
function withoutRepeats(suspects: readonly VerdictSuspect[]): VerdictSuspect[] {
  const seen = new Set<string>();
  return suspects.filter(({ id }) => !seen.has(id) && seen.add(id));
}

function towardOf(
  { difference, isSeedOpen }: Known,
  effect: number,
): number {
  return withoutDust(
    isSeedOpen ? Math.abs(effect) : effect * Math.sign(difference),
  );
}

/** The least effect that is named beside a larger one. */
function leastOf({ difference }: Pick<Known, "difference">): number {
  return withoutDust(LEAST_SHARE * Math.abs(difference));
}

function movedBlock(record: Known, step: Step): SuspectBlock {
  const toward = towardOf(record, step.effect);
  const suspects = step.cells.length === 1
    ? convict(record, step)
    : undecidedSuspects(record, step.cells, step);
  return { suspects, toward, step };
}

/** A cell beside those that moved the metric, of which it is not shown that it does nothing. */
function leftBlock(record: Known, cell: number): SuspectBlock {
  const [step] = singles(record, cell).sort((x, y) =>
    towardOf(record, y.effect) - towardOf(record, x.effect) ||
    sizeOf(y) - sizeOf(x) ||
    (isMoreToward(record, x, y) ? -1 : Number(isMoreToward(record, y, x)))
  );
  const ids = inPriorOrder(record.cube.cells[cell] ?? [], record.isAboutLength);
  return {
    suspects: ids.map((id): VerdictSuspect => ({
      ...factorOf(record, id),
      evidence: step === undefined ? "prior" : "intervention",
      ...(step && { effect: step.effect, runs: runsOf(step) }),
      ...(ids.length > 1 && { group: ids }),
    })),
    // What was not tested comes first only if it is by far the largest.
    toward: step === undefined ? 0 : towardOf(record, step.effect) / 2,
  };
}

/** The moves of the fewest cells: a move of more cells says nothing new. Of several of the same, the surest. */
function minimalMoves(record: Known): Step[] {
  const moves = record.steps.filter(({ isMove }) => isMove);
  const minimal = moves.filter(({ cells }) =>
    !moves.some((other) =>
      other.cells.length < cells.length &&
      other.cells.every((cell) => cells.includes(cell))
    )
  );
  const best = new Map<string, Step>();
  for (const step of minimal) {
    const key = step.cells.join();
    const known = best.get(key);
    if (known === undefined || isSurer(record, step, known)) {
      best.set(key, step);
    }
  }
  return [...best.values()];
}

/** The smaller p value; then the larger effect; then the one that goes the way of the difference. */
function isSurer(record: Known, one: Step, other: Step): boolean {
  const [p, q] = [pOfStep(one), pOfStep(other)];
  if (p !== q) return p < q;
  const [x, y] = [sizeOf(one), sizeOf(other)];
  return x === y ? isMoreToward(record, one, other) : x > y;
}

/** Any p value is surer than none. */
function pOfStep(step: Pick<Step, "p"> | undefined): number {
  return withoutDust(step?.p ?? 2);
}

function sizeOf({ effect }: Pick<Step, "effect">): number {
  return withoutDust(Math.abs(effect));
}

/** Of two effects of one size, the one that goes the way of the difference: the order of the runs says nothing. */
function isMoreToward(
  { difference }: Known,
  one: Step,
  other: Step,
): boolean {
  return (one.effect - other.effect) * difference > 0;
}

function convict(record: Known, step: Step): VerdictSuspect[] {
  const cell = record.cube.cells[step.cells[0] ?? 0] ?? [];
  const ids = inPriorOrder(cell, record.isAboutLength);
  return ids.map((id) => ({
    ...factorOf(record, id),
    evidence: "intervention",
    effect: step.effect,
    ...(step.p !== undefined && { p: step.p }),
    ...(ids.length > 1 && { group: ids }),
    runs: runsOf(step),
  }));
}

/**
 * Describes a factor in two runs.
 *
 * @param runs The runs, and what code was moved between them.
 * @param id The factor.
 * @returns its id, kind and values.
 */
export function factorOf(
  { a, b, moved }: {
    readonly a: RunFacts;
    readonly b: RunFacts;
    readonly moved?: ReadonlyMap<string, string>;
  },
  id: string,
): Pick<VerdictSuspect, "id" | "was" | "kind" | "before" | "after"> {
  const was = moved?.get(id);
  const before = a.factors.get(was ?? id);
  const after = b.factors.get(id);
  return {
    id,
    ...(was !== undefined && { was }),
    kind: kindOfFactor(id),
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
  };
}

function runsOf({ from, to }: Step): number[] {
  return [from, to].flatMap(({ samples }) => samples[0]?.run.id ?? []);
}

/** Factors of cells that the cube does not decide: by association, and then in prior order as one group. */
function undecidedSuspects(
  record: Known,
  cells: readonly number[],
  step?: Step,
): VerdictSuspect[] {
  const isStill = (cell: number) =>
    singles(record, cell).some((one) => one.isStill);
  const ids = [false, true].flatMap((still) =>
    inPriorOrder(
      cells.filter((cell) => isStill(cell) === still)
        .flatMap((cell) => record.cube.cells[cell] ?? []),
      record.isAboutLength,
    )
  );
  const found = ids.length < 2 ? [] : record.associate(ids).filter(
    ({ ids: group, p, effect }) =>
      // That all of them together go with the result is what is to be explained.
      group.length < ids.length && p <= record.alpha &&
      effect * record.difference > 0,
  ).sort((x, y) => pOfStep(x) - pOfStep(y) || sizeOf(y) - sizeOf(x));
  const named = found.flatMap(({ ids }) => ids);
  const others = ids.filter((id) => !named.includes(id));
  return [
    ...found.flatMap((one) => associated(record, one)),
    ...others.map((id): VerdictSuspect => ({
      ...factorOf(record, id),
      ...(step === undefined || named.length > 0 ? { evidence: "prior" } : {
        evidence: "intervention",
        effect: step.effect,
        ...(step.p !== undefined && { p: step.p }),
        runs: runsOf(step),
      }),
      ...(named.length === 0 && ids.length > 1 && { group: ids }),
    })),
  ];
}

function associated(
  record: Known,
  { ids, effect, p }: Association,
): VerdictSuspect[] {
  return inPriorOrder(ids, record.isAboutLength).map((id, _, group) => ({
    ...factorOf(record, id),
    evidence: "association",
    effect,
    p,
    ...(group.length > 1 && { group }),
  }));
}

function singles({ steps }: Known, cell: number): Step[] {
  return steps.filter(({ cells }) => cells.length === 1 && cells[0] === cell);
}

/**
 * A cell is cleared if the second run's result was there without it, if it left the first run's result as it was, or if
 * it alone changed nothing anywhere. Where a cell that moved the metric changed with it, the two may have cancelled out.
 */
function clear(
  record: Known,
  cell: number,
  moved: ReadonlySet<number>,
): ClearedFactor[] {
  const own = singles(record, cell);
  const [start, end] = record.cube.vertices;
  const still = record.steps.filter(({ cells, isStill }) =>
    isStill && cells.includes(cell) && !cells.some((one) => moved.has(one))
  );
  const suffices = still.find(({ to }) => to === end);
  const alone = own.every(({ isStill }) => isStill) ? own[0] : undefined;
  const step = suffices ?? still.find(({ from }) => from === start) ?? alone;
  if (step === undefined) return [];
  const reason = suffices === undefined ? "no-effect" : "suffices";
  const ids = inPriorOrder(record.cube.cells[cell] ?? []);
  return ids.map((id) => ({ id, reason, runs: runsOf(step) }));
}

/** A smaller share of the difference is not named beside a larger one. */
const LEAST_SHARE = 0.2;

/**
 * Returns the suspects that act jointly.
 *
 * @param findings The suspects, and what is explained.
 * @returns those of which a run shows that a part of the difference goes with them.
 */
export function jointSuspects(
  { suspects, difference = 1 }: Findings,
): VerdictSuspect[] {
  return suspects.filter(({ evidence, effect }) =>
    evidence === "intervention" && effect !== undefined &&
    withoutDust(effect * Math.sign(difference)) >= leastOf({ difference })
  );
}

/** How the cells that moved the metric act together, if there are several. */
function jointOf(record: Known, moves: readonly Step[]): Joint | undefined {
  const least = leastOf(record);
  const cells = moves.flatMap(({ cells, effect }) =>
    cells.length === 1 && towardOf(record, effect) >= least ? cells : []
  );
  if (cells.length < 2) return undefined;
  const squares = squaresOf(record.cube, cells);
  if (squares.length === 0) return "split-in-this-order";
  return squares.some((square) => isJoint(record, square))
    ? "together"
    : undefined;
}

type Square = readonly [Vertex, Vertex, Vertex, Vertex];

/** Four vertices that differ in two cells only: neither, one, the other, both. */
function squaresOf(cube: Cube, cells: readonly number[]): Square[] {
  return cube.vertices.flatMap((base) =>
    cells.flatMap((one, index) =>
      cells.slice(index + 1).flatMap((other) => {
        if (base.bits[one] || base.bits[other]) return [];
        const [x, y, both] = [[one], [other], [one, other]].map((changed) =>
          cube.vertices.find(({ bits }) =>
            bits.every((bit, cell) =>
              bit === (changed.includes(cell) || base.bits[cell])
            )
          )
        );
        return x && y && both ? [[base, x, y, both] as const] : [];
      })
    )
  );
}

/** Whether the effect of two changes is not the sum of their effects, beyond the noise. */
function isJoint({ difference, alpha }: Known, square: Square): boolean {
  const groups = square.map(({ samples }) =>
    momentsOf(samples.map(({ value }) => value))
  );
  const [base, x, y, both] = groups.map(({ mean }) => mean);
  const extra = (both ?? 0) - (x ?? 0) - (y ?? 0) + (base ?? 0);
  const freedom = groups.reduce((sum, { n }) => sum + n - 1, 0);
  const spread = Math.hypot(
    ...groups.map(({ n, deviation }) => deviation * Math.sqrt(n - 1)),
  );
  const error = spread *
    Math.sqrt(groups.reduce((sum, { n }) => sum + 1 / n, 0) / freedom);
  // A small curvature may be certain, and still decides nothing.
  if (Math.abs(extra) <= Math.abs(difference) / 4) return false;
  if (freedom === 0 || error === 0) return true;
  return pOf({ difference: extra, error, freedom }) <= alpha;
}
