/**
 * The evidence of an answer, ready to be drawn.
 *
 * @module
 */
import { groupNames } from "./group_names.ts";
import { momentsOf } from "./stats/moments.ts";
import { tCritical } from "./stats/t.ts";
import type { Verdict } from "./verdict_types.ts";

/** A run and its result. */
export interface DrawnPoint {
  /** The id of the run. */
  readonly run: number;
  /** The value of the metric. */
  readonly value: number;
}

/** Runs that agree in what counts, as dots, with the interval of their mean. */
export interface DrawnGroup {
  /** E.g. `lr=0.1`, or `run 1 and its repeats`. */
  readonly name: string;
  /** The runs that have a finite result. */
  readonly points: readonly DrawnPoint[];
  /** The number of runs without one. */
  readonly missing: number;
  /** Their mean; absent without points. */
  readonly mean?: number;
  /** The interval of the mean at 95% confidence; absent for fewer than two points, which say nothing of chance. */
  readonly interval?: readonly [low: number, high: number];
}

/** Two runs between which one factor, or one group of factors, changed. */
export interface DrawnStep {
  /** The ids of the factors. */
  readonly ids: readonly string[];
  /** The run before the change, with its result if it has a finite one. */
  readonly from: { readonly run: number; readonly value?: number };
  /** The run after it. */
  readonly to: { readonly run: number; readonly value?: number };
  /** The change of the metric that is ascribed to the factors. */
  readonly effect?: number;
}

/** The evidence of an answer. */
export interface DrawnEvidence {
  /** The groups of runs: those of the first suspect, then the repeats of the two runs. */
  readonly groups: readonly DrawnGroup[];
  /** The runs that split the difference, in the order in which they lead from the first run to the second. */
  readonly chain: readonly DrawnStep[];
}

/**
 * Prepares the evidence of an answer for a drawing.
 *
 * @param found The answer.
 * @param valueOf Returns the value of the metric in a run; `undefined` or not finite if there is none.
 * @returns the groups and the chain.
 */
export function drawEvidence(
  found: Verdict,
  valueOf: (run: number) => number | undefined,
): DrawnEvidence {
  const names = groupNames(found.evidence);
  const groups = found.evidence.map(({ runs }, i) => ({
    name: names[i] ?? "",
    runs,
  }));
  const known = new Set(groups.map(({ runs }) => keyOf(runs)));
  for (const { runs } of [found.repeats.a, found.repeats.b]) {
    if (known.has(keyOf(runs))) continue;
    known.add(keyOf(runs));
    const own = `run ${runs[0]}`;
    groups.push({
      name: runs.length > 1 ? `${own} and its repeats` : `${own}, no repeats`,
      runs,
    });
  }
  return {
    groups: groups.map(({ name, runs }) => groupOf(name, runs, valueOf)),
    chain: chainOf(found, valueOf),
  };
}

function keyOf(runs: readonly number[]): string {
  return runs.toSorted((a, b) => a - b).join();
}

function groupOf(
  name: string,
  runs: readonly number[],
  valueOf: (run: number) => number | undefined,
): DrawnGroup {
  const points = runs.flatMap((run) => {
    const value = finite(valueOf(run));
    return value === undefined ? [] : [{ run, value }];
  });
  const { mean, deviation, n } = momentsOf(points.map(({ value }) => value));
  const reach = n > 1 ? tCritical(0.05, n - 1) * deviation / Math.sqrt(n) : 0;
  return {
    name,
    points,
    missing: runs.length - points.length,
    ...(n > 0 && { mean }),
    ...(n > 1 && { interval: [mean - reach, mean + reach] as const }),
  };
}

function chainOf(
  { a, suspects }: Verdict,
  valueOf: (run: number) => number | undefined,
): DrawnStep[] {
  const left = suspects.flatMap(({ id, group, runs = [], effect, evidence }) =>
    evidence === "intervention" && runs[0] !== undefined &&
      runs[1] !== undefined
      ? [{ ids: group ?? [id], pair: [runs[0], runs[1]] as const, effect }]
      : []
  ).map(({ ids, pair, effect }): DrawnStep => ({
    ids,
    from: endOf(pair[0], valueOf),
    to: endOf(pair[1], valueOf),
    ...(effect !== undefined && { effect }),
  }));
  // Each step starts where the one before has ended, as far as the steps form one way.
  const steps: DrawnStep[] = [];
  for (let at = a; left.length > 0;) {
    const next = left.findIndex(({ from }) => from.run === at);
    const [step] = left.splice(Math.max(0, next), 1);
    if (step === undefined) break;
    steps.push(step);
    at = step.to.run;
  }
  return steps;
}

function endOf(
  run: number,
  valueOf: (run: number) => number | undefined,
): DrawnStep["from"] {
  const value = finite(valueOf(run));
  return { run, ...(value !== undefined && { value }) };
}

function finite(value: number | undefined): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}
