/**
 * Finds where a metric moved in the history of a project, and what moved it, from facts alone.
 *
 * @module
 */
import { UserError } from "../internal/errors.ts";
import type { RunFacts } from "./facts.ts";
import { Frame } from "./frame.ts";
import { moveSentence } from "./bisect_sentence.ts";
import type {
  BisectFinding,
  Bisection,
  BisectMove,
  BisectOptions,
} from "./bisection_types.ts";
import { missingIn, pairCoverage } from "./pair_coverage.ts";
import { inPriorOrder } from "./prior_order.ts";
import { isNotFinite, valueOf } from "./results.ts";
import { blockEstimate } from "./stats/block_estimate.ts";
import { type ChangePoint, findChangePoints } from "./stats/change_points.ts";
import { holm } from "./stats/holm.ts";
import { type Estimate, intervalOf, pOf } from "./stats/mean_tests.ts";
import { momentsOf } from "./stats/moments.ts";
import { factorOf } from "./suspects.ts";
import { bisectStep } from "./bisect_step.ts";
import { counted, factorName, join } from "./words.ts";

/**
 * Finds where a metric moved in the history of a project, and judges everything that changed there.
 *
 * A move is a change of level that permutations of the history do not show by chance, at whichever place it is
 * largest. The seeds of the runs are noise. Config leaves that vary back and forth are accounted for.
 *
 * @param runs The runs of the project.
 * @param options Options.
 * @returns the moves with what may have made them, and the answer in words.
 * @throws {UserError} If alpha is out of range.
 *
 * @example
 * ```ts
 * import { bisectFacts, type RunFacts } from "@ato/ato/why";
 * import { assertEquals } from "@std/assert";
 *
 * const full = { level: "full", missing: [] } as const;
 * const run = (id: number): RunFacts => {
 *   const loss = (id < 10 ? 0.5 : 0.9) + id % 3 / 100;
 *   return {
 *     id,
 *     status: "completed",
 *     coverage: { config: full, code: full, inputs: full, environment: full },
 *     factors: new Map([["package:npm:ms", id < 10 ? "2.1.2" : "2.1.3"]]),
 *     unread: new Set(),
 *     metrics: new Map([["loss", {
 *       count: 1, lastStep: 0, last: loss, lastFinite: loss, min: loss, max: loss,
 *     }]]),
 *   };
 * };
 * const runs = Array.from({ length: 20 }, (_, index) => run(index));
 * const { moves } = bisectFacts(runs, { metric: "loss" });
 * assertEquals(moves.map(({ bad }) => bad), [10]);
 * assertEquals(moves[0]?.findings[0]?.id, "package:npm:ms");
 * ```
 */
export function bisectFacts(
  runs: readonly RunFacts[],
  options: BisectOptions,
): Bisection {
  const { metric, alpha = 0.05 } = options;
  if (!(alpha > 0 && alpha < 1)) {
    throw new UserError(
      `Cannot judge at level ${alpha}: alpha must be above 0 and below 1; give 0.05, for example`,
    );
  }
  const ordered = inOrder(runs);
  const used = ordered.filter((run) =>
    reasonAgainst(run, metric) === undefined
  );
  const frame = new Frame(used, options);
  const everyRun = new Frame(ordered, options);
  const recurring = recurringIn(frame);
  const loose = switchingIn(frame).filter((id) => !recurring.includes(id));
  const series = seriesOf(frame, recurring, options);
  const changes = findChangePoints(series, alpha);
  const moves = changes.map((change, index) =>
    moveAt({ frame, everyRun, series, recurring, alpha, metric }, change, [
      changes[index - 1]?.at ?? 0,
      changes[index + 1]?.at ?? series.length,
    ])
  );
  return {
    version: 2,
    metric,
    runs: used.length,
    skipped: ordered.flatMap((run) => {
      const why = reasonAgainst(run, metric);
      return why === undefined ? [] : [{ id: run.id, why }];
    }),
    moves,
    adjustedFor: recurring,
    notAdjustedFor: loose,
    sentence: [
      moves.length === 0
        ? `No move of ${metric} beyond its noise was found in ${
          counted(used.length, "run")
        }.`
        : moves.map(({ sentence }) => sentence).join(" "),
      looseText(loose),
    ].filter((text) => text !== "").join(" "),
    unknown: unknownOf(used),
  };
}

/** By start, or by id where a start is not known. */
function inOrder(runs: readonly RunFacts[]): RunFacts[] {
  const isTimed = runs.every(({ startedAt }) => startedAt !== undefined);
  return [...runs].sort((a, b) =>
    (isTimed ? (a.startedAt ?? 0) - (b.startedAt ?? 0) : 0) || a.id - b.id
  );
}

function reasonAgainst(run: RunFacts, metric: string): string | undefined {
  if (run.status !== "completed") return run.status;
  if (!run.metrics.has(metric)) return `no metric ${metric}`;
  return isNotFinite(run, metric) ? `${metric} is not finite` : undefined;
}

function unknownOf(runs: readonly RunFacts[]): string[] {
  return [...new Set(runs.flatMap((run) => missingIn(pairCoverage(run, run))))];
}

/** Fewer changes are steps of the history, not variation. */
const LEAST_SWITCHES = 4;

/**
 * Config leaves that vary back and forth. If nearly every run has values of its own, runs cannot be compared
 * within them, and none is taken.
 */
function recurringIn(frame: Frame): string[] {
  const recurring = frame.varying.filter((id) =>
    id.startsWith("config:") && switchesOf(frame, id) >= LEAST_SWITCHES &&
    switchesOf(frame, id) >
      2 * (new Set(frame.runs.map((run) => valueIn(run, id))).size - 1)
  );
  const tuples = new Set(frame.runs.map((run) => tupleOf(run, recurring)));
  return tuples.size > frame.runs.length / 3 ? [] : recurring;
}

function shortened(names: readonly string[]): string {
  return names.length <= 5
    ? join(names)
    : `${names.slice(0, 4).join(", ")} and ${names.length - 4} more`;
}

/** Config leaves that change in many runs. */
function switchingIn(frame: Frame): string[] {
  const least = Math.max(LEAST_SWITCHES, frame.runs.length / 4);
  return frame.varying.filter((id) =>
    id.startsWith("config:") && switchesOf(frame, id) >= least
  );
}

function switchesOf(frame: Frame, id: string): number {
  const values = frame.runs.map((run) => valueIn(run, id));
  return values.filter((value, index) =>
    index > 0 && value !== values[index - 1]
  ).length;
}

/** A random search moves the metric in every run: that is noise here, which hides moves and may make some. */
function looseText(ids: readonly string[]): string {
  if (ids.length === 0) return "";
  const [verb, are, them] = ids.length === 1
    ? ["changes", "is", "it"]
    : ["change", "are", "them"];
  return `${
    shortened(ids.map(factorName))
  } ${verb} in many of the runs and ${are} not accounted for: few runs share a value of ${them}.`;
}

function valueIn(run: RunFacts, id: string): string | null {
  return run.unread.has(id) ? null : run.factors.get(id) ?? null;
}

function tupleOf(run: RunFacts, ids: readonly string[]): string {
  return JSON.stringify(ids.map((id) => valueIn(run, id)));
}

interface Place {
  readonly run: RunFacts;
  readonly value: number;
  readonly stratum: number;
}

function seriesOf(
  frame: Frame,
  recurring: readonly string[],
  { metric, at = "last", mode = "max" }: BisectOptions,
): Place[] {
  const tuples = frame.runs.map((run) => tupleOf(run, recurring));
  const strata = [...new Set(tuples)];
  return frame.runs.flatMap((run, index) => {
    const value = valueOf(run, metric, { at, mode, tolerance: 0, atol: 0 });
    const stratum = strata.indexOf(tuples[index] ?? "");
    return value === undefined ? [] : [{ run, value, stratum }];
  });
}

interface Search {
  readonly frame: Frame;
  /** The runs that have no result, too: what was run before is not proposed again. */
  readonly everyRun: Frame;
  readonly series: readonly Place[];
  readonly recurring: readonly string[];
  readonly alpha: number;
  readonly metric: string;
}

function moveAt(
  search: Search,
  { at, locations, p }: ChangePoint,
  [from, to]: readonly [number, number],
): BisectMove {
  const { series, alpha } = search;
  const [left, right] = [series.slice(from, at), series.slice(at, to)];
  const strata = new Set([...left, ...right].map(({ stratum }) => stratum));
  const ends = endsOf(series, locations);
  const estimate = blockEstimate([...strata].map((stratum) => ({
    first: valuesOf(left.filter((one) => one.stratum === stratum)),
    second: valuesOf(right.filter((one) => one.stratum === stratum)),
  })));
  const [before, after] = [left, right].map((side) =>
    momentsOf(valuesOf(side)).mean
  );
  const jump = estimate?.difference ?? (after ?? NaN) - (before ?? NaN);
  const move = {
    good: series[at - 1]?.run.id ?? NaN,
    bad: series[at]?.run.id ?? NaN,
    locations: locations.flatMap((index) => series[index]?.run.id ?? []),
    p,
    before: before ?? NaN,
    after: after ?? NaN,
    sides: [left.length, right.length] as const,
    jump,
    ...(estimate && estimate.error > 0 &&
      { interval: intervalOf(estimate, alpha) }),
    ...(ends && { ends: [ends[0].id, ends[1].id] as const }),
    findings: ends === undefined ? [] : findingsAt(search, ends, jump),
  };
  const isFull = search.frame.runs.every((run) =>
    search.frame.qualityOf(run, run) === "full"
  );
  const next = ends && bisectStep(search.everyRun, ends, move.findings);
  const sentence = moveSentence(
    search.metric,
    move,
    isFull,
    series.map(({ run }) => run),
  );
  return { ...move, sentence, ...(next && { next }) };
}

function valuesOf(places: readonly Place[]): number[] {
  return places.map(({ value }) => value);
}

/** The last run certainly before the move, and the first one certainly after it. */
function endsOf(
  series: readonly Place[],
  locations: readonly number[],
): readonly [RunFacts, RunFacts] | undefined {
  const good = series[(locations[0] ?? 0) - 1]?.run;
  const bad = series[locations.at(-1) ?? -1]?.run;
  return good && bad && [good, bad];
}

function findingsAt(
  search: Search,
  [good, bad]: readonly [RunFacts, RunFacts],
  jump: number,
): BisectFinding[] {
  const { frame, series, alpha } = search;
  const { differing, moved } = frame.compare(good, bad);
  const cells = cellsOf(series, inPriorOrder(differing));
  const neutral = neutralIn(frame, [good, bad], differing);
  const tested = cells.map((cell) => ({
    cell,
    ...effectOf(search, { cell, neutral, good, bad }),
  }));
  const ps = holm(tested.map(({ estimate }) => estimate ? pOf(estimate) : 1));
  return tested.flatMap(({ cell, estimate, runs }, index) =>
    cell.map((id): BisectFinding => ({
      ...factorOf({ a: good, b: bad, moved }, id),
      status: statusOf(estimate, ps[index] ?? 1, jump, alpha),
      ...(estimate && {
        effect: estimate.difference,
        interval: intervalOf(estimate, alpha),
        p: ps[index] ?? 1,
        runs,
      }),
      ...(cell.length > 1 && { group: cell }),
    }))
  ).sort((x, y) => RANK[x.status] - RANK[y.status]);
}

const RANK = { convicted: 0, open: 1, acquitted: 2 } as const;

/** Joins the factors that never change apart in the history. */
function cellsOf(
  series: readonly Place[],
  ids: readonly string[],
): string[][] {
  const cells = new Map<string, string[]>();
  for (const id of ids) {
    const values = series.map(({ run }) => valueIn(run, id));
    const names = [...new Set(values)];
    const column = values.map((value) => names.indexOf(value)).join();
    cells.set(column, [...cells.get(column) ?? [], id]);
  }
  return [...cells.values()];
}

/** Code that only has another name or place in the second of two runs. */
function neutralIn(
  frame: Frame,
  [good, bad]: readonly [RunFacts, RunFacts],
  differing: readonly string[],
): string[] {
  return frame.varying.filter((id) =>
    id.startsWith("code:") && good.factors.get(id) !== bad.factors.get(id) &&
    !differing.includes(id)
  );
}

interface Test {
  readonly cell: readonly string[];
  readonly neutral: readonly string[];
  readonly good: RunFacts;
  readonly bad: RunFacts;
}

/** The effect of a cell within runs that agree in everything else. */
function effectOf(
  { frame, series }: Search,
  { cell, neutral, good, bad }: Test,
): { estimate: Estimate | undefined; runs: number[] } {
  const blocks = new Map<string, { first: Place[]; second: Place[] }>();
  for (const place of series) {
    const tuple = tupleOf(place.run, cell);
    const isGood = tuple === tupleOf(good, cell);
    if (!isGood && tuple !== tupleOf(bad, cell)) continue;
    // What is neutral was shown for the code of the two runs, and not for a mixture of both.
    const isEither = isSameCodeAs(good, place.run) ||
      isSameCodeAs(bad, place.run);
    const except = isEither ? [...cell, ...neutral] : cell;
    const key = frame.keyWithout(place.run, except);
    const block = blocks.get(key) ?? { first: [], second: [] };
    block[isGood ? "first" : "second"].push(place);
    blocks.set(key, block);
  }
  const both = [...blocks.values()].filter(({ first, second }) =>
    first.length > 0 && second.length > 0
  );
  const estimate = blockEstimate(both.map(({ first, second }) => ({
    first: valuesOf(first),
    second: valuesOf(second),
  })));
  const runs = both.flatMap(({ first, second }) => [...first, ...second])
    .map(({ run }) => run.id).sort((a, b) => a - b);
  return { estimate, runs };
}

function isSameCodeAs(one: RunFacts, other: RunFacts): boolean {
  return one === other ||
    one.sets?.code !== undefined && one.sets.code === other.sets?.code;
}

function statusOf(
  estimate: Estimate | undefined,
  p: number,
  jump: number,
  alpha: number,
): BisectFinding["status"] {
  if (estimate === undefined) return "open";
  const sign = Math.sign(jump);
  const reach = Math.max(
    ...intervalOf(estimate, alpha).map((end) => end * sign),
  );
  if (reach < Math.abs(jump) / 2) return "acquitted";
  return p <= alpha && estimate.difference * sign > 0 ? "convicted" : "open";
}
