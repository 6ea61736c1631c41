/**
 * Explains why two runs gave different results, from facts alone.
 *
 * @module
 */
import { UserError } from "../internal/errors.ts";
import { associationsOf, MOST_FACTORS } from "./associations.ts";
import type { Case } from "./case.ts";
import {
  chooseMetric,
  type ChosenMetric,
  eligibleMetrics,
  isFine,
} from "./choose_metric.ts";
import { configValue } from "./config_ids.ts";
import { waysOf } from "./ways.ts";
import { evidenceOf } from "./evidence_groups.ts";
import type { History, RunFacts } from "./facts.ts";
import { Frame } from "./frame.ts";
import { buildCube, stepsOf } from "./interventions.ts";
import {
  isOutlier,
  judge,
  type Judgement,
  judgePair,
  judgeShares,
  type NoiseOptions,
} from "./noise.ts";
import { isResource } from "./metric_kinds.ts";
import { nextStep } from "./next_step.ts";
import { gapsIn, missingIn, pairCoverage } from "./pair_coverage.ts";
import { progressOf } from "./progress.ts";
import { repeatsOf, type Sample, samplesOf } from "./replicates.ts";
import {
  isNotFinite,
  isSameResult,
  type ResultOptions,
  valueOf,
} from "./results.ts";
import { sentenceOf } from "./sentence.ts";
import { momentsOf } from "./stats/moments.ts";
import {
  factorOf,
  type Findings,
  findSuspects,
  jointSuspects,
} from "./suspects.ts";
import type {
  ExplainOptions,
  MetricVerdict,
  Outcome,
  Progress,
  Repeats,
  ShownFactor,
  Verdict,
} from "./verdict_types.ts";

/**
 * Explains why two runs gave different results.
 *
 * The answer says what the record shows and no more: a factor that was not recorded is never taken for equal, a
 * difference that repeats show as well is chance, and a cause is named as such only if runs that differ in it
 * alone differ beyond the noise.
 *
 * @param history The two runs, and the runs that may say something about them.
 * @param options Options.
 * @returns the answer. It depends on the facts alone: the same facts give the same answer.
 * @throws {UserError} If an option is out of range.
 *
 * @example
 * ```ts
 * import { explainFacts, type RunFacts } from "@ato/ato/why";
 * import { assertEquals } from "@std/assert";
 *
 * const full = { level: "full", missing: [] } as const;
 * const run = (id: number, lr: number, loss: number): RunFacts => ({
 *   id,
 *   status: "completed",
 *   coverage: { config: full, code: full, inputs: full, environment: full },
 *   factors: new Map([["config:lr", String(lr)]]),
 *   unread: new Set(),
 *   metrics: new Map([["loss", {
 *     count: 1, lastStep: 0, last: loss, lastFinite: loss, min: loss, max: loss,
 *   }]]),
 * });
 * const others = [run(3, 0.1, 0.51), run(4, 0.1, 0.49)];
 * const verdict = explainFacts({ a: run(1, 0.1, 0.5), b: run(2, 0.2, 0.9), others, leftOut: 0 });
 * assertEquals(verdict.outcome, "explained");
 * assertEquals(verdict.suspects[0]?.id, "config:lr");
 * ```
 */
export function explainFacts(
  history: History,
  options: ExplainOptions = {},
): Verdict {
  const known = caseOf(history, options);
  const { a, b, pair, metric, progress, coverage, findings } = known;
  const next = nextStep(known);
  return {
    version: 2,
    a: a.id,
    b: b.id,
    outcome: known.outcome,
    sentence: sentenceOf(known),
    ...(metric && { metric }),
    progress,
    coverage,
    suspects: findings.suspects,
    ...(findings.joint && { joint: findings.joint }),
    isCaused: known.isCaused,
    cleared: findings.cleared,
    differing: shown(known, [...pair.differing, ...pair.seeds]),
    unknown: unknownOf(known, options.metric),
    labels: shown(known, pair.labels),
    unread: shown(known, pair.unread),
    repeats: known.repeats,
    evidence: evidenceOf(known),
    leftOut: history.leftOut,
    ...(next && { next }),
  };
}

function shown(
  { a, b, pair: { moved } }: Case,
  ids: readonly string[],
): ShownFactor[] {
  return ids.map((id) => {
    const { kind: _, ...factor } = factorOf({ a, b, moved }, id);
    return factor;
  });
}

function unknownOf({ a, b, pair, coverage }: Case, named?: string): string[] {
  const lacking = [a, b].filter(({ metrics }) =>
    named !== undefined && !metrics.has(named)
  );
  return [
    ...lacking.map(({ id }) => `metric ${named}: run ${id} does not have it`),
    ...(named === undefined ? lonelyMetrics(a, b) : []),
    ...missingIn(coverage),
    ...(pair.differing.length > MOST_FACTORS
      ? [
        `whether the result goes with one of the ${pair.differing.length} factors in other runs: this is looked up for at most ${MOST_FACTORS}`,
      ]
      : []),
    ...pair.unknown.map((id) =>
      `${id}: not known in run ${a.factors.has(id) ? b.id : a.id}`
    ),
  ];
}

/** Results that one run has and the other has not. */
function lonelyMetrics(a: RunFacts, b: RunFacts): string[] {
  const lacking = (has: RunFacts, other: RunFacts) =>
    [...has.metrics.keys()]
      .filter((key) => !other.metrics.has(key) && !isResource(key)).sort()
      .map((key) => `metric ${key}: run ${other.id} does not have it`);
  return [...lacking(a, b), ...lacking(b, a)];
}

function caseOf(history: History, options: ExplainOptions): Case {
  const { a, b, others } = history;
  const { alpha, practicalDifference, ...results } = checked(history, options);
  const frame = new Frame([a, b, ...others], options);
  const pair = frame.compare(a, b);
  const isSameSetting = isRepeat(pair);
  const ofA = repeatsOf(frame, a, b);
  const ofB = isSameSetting ? [b, ...ofA.slice(1)] : repeatsOf(frame, b, a);
  const { keys, differing, volatile } = eligibleMetrics(
    a,
    b,
    yardsticks(frame, ofA, ofB, isSameSetting),
    results,
  );
  const all = waysOf(history, keys, results);
  const noise = (key: string, among: number): NoiseOptions => ({
    alpha,
    among,
    isDeterministic: (samples) =>
      isDeterministic(samples, [...keys, key], results),
  });
  const judgeIn = (key: string, among: number): Judgement | undefined => {
    if (isNotFinite(a, key) !== isNotFinite(b, key)) {
      return judgeFinite(frame, ofA, ofB, key, noise(key, among));
    }
    const [x, y] = [ofA, ofB].map((runs) =>
      samplesOf(frame, runs, key, results)
    );
    return judgeSamples(x ?? [], y ?? [], isSameSetting, noise(key, among), [
      a,
      b,
    ]);
  };
  // A metric that is the same everywhere cannot be the one that differs (R. E. Tarone, Biometrics 46, 1990).
  const among =
    keys.filter((key) =>
      [...ofA, ...ofB].some((run) => !isSameResult(a, run, key, results))
    ).length;
  const chosen = chooseMetric(
    a,
    b,
    { keys, differing, onTheWay: all.map(({ key }) => key), among },
    options.metric,
    (key) => judgeIn(key, among)?.test,
  );
  const about = (chosen: ChosenMetric | undefined): Case => {
    const judgement = chosen && judgeIn(chosen.key, chosen.among);
    const metric = chosen && measure(a, b, chosen, judgement, results);
    const progress = progressOf(a, b, keys, results);
    const samples = {
      a: metric ? samplesOf(frame, ofA, metric.key, results) : [],
      b: metric ? samplesOf(frame, ofB, metric.key, results) : [],
    };
    const isEqual = metric !== undefined &&
      isSameResult(a, b, metric.key, results);
    const ways = chosen?.chosenBy === "difference"
      ? all
      : waysOf(history, metric ? [metric.key] : [], results);
    const base = {
      volatile,
      ways,
      // The best value is what was asked for, whatever came before and after it.
      isWay: isEqual && ways.length > 0 && results.at === "last",
      history,
      a,
      b,
      frame,
      pair,
      results,
      alpha,
      practicalDifference,
      keys,
      progress,
      coverage: pairCoverage(a, b),
      metric,
      samples,
      repeats: {
        a: describe(frame, ofA, metric?.key, results, alpha),
        b: describe(frame, ofB, metric?.key, results, alpha),
      },
      judgement: isEqual ? undefined : judgement,
    };
    const outcome = outcomeOf(base, isEqual && !base.isWay);
    const findings = findingsOf(
      base,
      outcome,
      noise(metric?.key ?? "", metric?.among ?? 1),
    );
    return {
      ...base,
      outcome,
      findings,
      isCaused: isCaused(base, outcome, findings),
    };
  };
  const first = about(chosen);
  if (chosen?.chosenBy !== "difference" || groupSize(first) < 2) return first;
  // Without runs between the two, no metric tells more.
  if (!first.findings.hasRunsBetween) return first;
  return differing.filter((key) => key !== chosen.key)
    .slice(0, MOST_METRICS)
    .map((key) => about({ ...chosen, key }))
    .find((other) => tellsMore(other, first)) ?? first;
}

/** So many other metrics are asked what a coarse one does not tell apart. */
const MOST_METRICS = 8;

/** How many factors cannot be told apart, if other runs lie between the two. */
function groupSize({ outcome, findings }: Case): number {
  return outcome === "explained" ? findings.suspects[0]?.group?.length ?? 1 : 1;
}

/** Whether the runs tell factors apart by one metric which another one leaves together. */
function tellsMore(one: Case, other: Case): boolean {
  return one.outcome === "explained" &&
    one.findings.suspects[0]?.evidence === "intervention" &&
    groupSize(one) < groupSize(other) &&
    (other.judgement === undefined ||
      one.judgement?.test.isBeyondNoise === true);
}

type Draft = Omit<Case, "outcome" | "findings" | "isCaused">;

function checked(
  { a, b }: History,
  options: ExplainOptions,
): ResultOptions & {
  readonly alpha: number;
  readonly practicalDifference: number | undefined;
} {
  const { alpha = 0.05, tolerance = 0, atol = 0, at = "last", mode = "max" } =
    options;
  if (!(alpha > 0 && alpha < 1)) {
    throw new UserError(
      `Cannot judge at level ${alpha}: alpha must be above 0 and below 1; give 0.05, for example`,
    );
  }
  for (const [name, value] of Object.entries({ tolerance, atol })) {
    if (value >= 0 && Number.isFinite(value)) continue;
    throw new UserError(
      `Cannot compare with ${name} ${value}: it must be a number of at least 0; leave it out for equal bits`,
    );
  }
  const stated = [a, b].map(({ factors }) =>
    configValue(factors, "experiment.practicalDifference")
  ).find((value) => typeof value === "number" && value > 0);
  const practicalDifference = options.practicalDifference ??
    (typeof stated === "number" ? stated : undefined);
  return { alpha, tolerance, atol, at, mode, practicalDifference };
}

/** Whether two runs have one setting, as far as is known, and may differ in the seed. */
function isRepeat({ differing, unknown, quality }: Case["pair"]): boolean {
  return quality !== "none" && differing.length === 0 && unknown.length === 0;
}

/**
 * Groups of repeats by which it is told what varies by itself. Runs of one setting are repeats of both, and the pair
 * is not part of its own yardstick: only if all of them differ, as timings do, the pair counts.
 */
function yardsticks(
  frame: Frame,
  ofA: readonly RunFacts[],
  ofB: readonly RunFacts[],
  isSameSetting: boolean,
): RunFacts[][] {
  const [first, second] = [sameSeed(frame, ofA), sameSeed(frame, ofB)];
  const [a, b] = [first[0], second[0]];
  const isOneSeed = a && b && frame.seedOf(a) === frame.seedOf(b);
  if (!isSameSetting || !isOneSeed) return [first, second];
  return first.length > 1 ? [[...first, b]] : [];
}

function sameSeed(frame: Frame, runs: readonly RunFacts[]): RunFacts[] {
  const [first] = runs;
  return runs.filter((run) =>
    first !== undefined && frame.seedOf(run) === frame.seedOf(first)
  );
}

/** Repeats that agree in one metric by chance differ in others. */
function isDeterministic(
  samples: readonly Sample[],
  keys: readonly string[],
  results: ResultOptions,
): boolean {
  const [first] = samples;
  if (first === undefined) return false;
  const agree = samples.every(({ run }) =>
    keys.every((key) => isSameResult(first.run, run, key, results))
  );
  const isOneSeed = samples.every(({ seed }) => seed === first.seed);
  return agree && (isOneSeed ||
    keys.some((key) => isFine(first.run.metrics.get(key)?.lastFinite)));
}

function judgeSamples(
  first: readonly Sample[],
  second: readonly Sample[],
  isSameSetting: boolean,
  noise: NoiseOptions,
  [a, b]: readonly [RunFacts, RunFacts],
): Judgement | undefined {
  const [x, y] = [first[0], second[0]];
  // The groups are about the two runs: without their values there is nothing to judge.
  if (x?.run !== a || y?.run !== b) return undefined;
  return isSameSetting
    ? judgePair(x, y, first.slice(1), noise)
    : judge(first, second, noise);
}

/** One run is finite and the other is not. */
function judgeFinite(
  frame: Frame,
  first: readonly RunFacts[],
  second: readonly RunFacts[],
  key: string,
  options: NoiseOptions,
): Judgement | undefined {
  if (first.length === 1 && second.length === 1) return undefined;
  const [a, b] = [first[0], second[0]];
  const isSame = a !== undefined && b !== undefined &&
    frame.seedOf(a) === frame.seedOf(b);
  const count = (runs: readonly RunFacts[]) =>
    [
      runs.filter((run) => isNotFinite(run, key)).length,
      runs.length,
    ] as const;
  if (!isSame) {
    return judgeShares(
      count(first),
      count(second),
      "seed",
      options.alpha / options.among,
    );
  }
  const [x, y] = [first, second].map((runs) => sameSeed(frame, runs));
  const groups = [x ?? [], y ?? []].map((runs) =>
    runs.map((run) => ({ run, value: 0, seed: "" }))
  );
  const [nA, nB] = [x?.length ?? 0, y?.length ?? 0];
  const isExact = Math.max(nA, nB) > 1 &&
    groups.every(options.isDeterministic);
  const { test } = judgeShares(
    count(x ?? []),
    count(y ?? []),
    "same-seed",
    options.alpha / options.among,
  );
  return isExact
    ? { test: { ...test, kind: "identical", p: 0, isBeyondNoise: true } }
    : { test };
}

function measure(
  a: RunFacts,
  b: RunFacts,
  { key, chosenBy, among }: ChosenMetric,
  judgement: Judgement | undefined,
  results: ResultOptions,
): MetricVerdict | undefined {
  const [x, y] = [valueOf(a, key, results), valueOf(b, key, results)];
  const notFinite = { a: isNotFinite(a, key), b: isNotFinite(b, key) };
  if (!a.metrics.has(key) || !b.metrics.has(key)) return undefined;
  const [from, to] = [x ?? NaN, y ?? NaN];
  const isEqual = isSameResult(a, b, key, results);
  return {
    key,
    a: from,
    b: to,
    difference: to - from,
    chosenBy,
    among,
    ...((notFinite.a || notFinite.b) && { notFinite }),
    ...(judgement && !isEqual && { test: judgement.test }),
  };
}

function describe(
  frame: Frame,
  runs: readonly RunFacts[],
  key: string | undefined,
  results: ResultOptions,
  alpha: number,
): Repeats {
  const [first] = runs;
  const samples = key === undefined ? [] : samplesOf(frame, runs, key, results);
  const values = samples.map(({ value }) => value);
  const { mean, variance } = momentsOf(values);
  const [own, ...others] = values;
  const isUnusual = own !== undefined && samples[0]?.run === first &&
    isOutlier(own, others, alpha);
  return {
    runs: runs.map(({ id }) => id),
    seeds: new Set(runs.map((run) => frame.seedOf(run))).size,
    quality: first && frame.qualityOf(first, first) === "full"
      ? "full"
      : "recorded",
    ...(values.length > 0 && { mean }),
    ...(values.length > 1 && {
      deviation: Math.sqrt(variance),
      isIdentical: variance === 0,
    }),
    notFinite: key === undefined
      ? 0
      : runs.filter((run) => isNotFinite(run, key)).length,
    ...(isUnusual && { isUnusual }),
  };
}

function outcomeOf(draft: Draft, isEqual: boolean): Outcome {
  const { progress, metric, judgement, pair } = draft;
  if (progress.stopped.length > 0) return "stopped-early";
  if (metric === undefined) return "unknown";
  if (isEqual) return "identical";
  // Beyond the noise of seeds, the seed alone explains nothing.
  const isBeyondSeeds = judgement?.test.isBeyondNoise === true;
  const isExplained = pair.differing.length > 0 ||
    (isSeedAlone(pair) && !isBeyondSeeds);
  const differs = isExplained ? "explained" : "unexplained";
  if (judgement === undefined || judgement.test.isBeyondNoise) return differs;
  if (isWithinNoise(draft)) return "within-noise";
  // Chance or the seed is what is left if no other factor differs.
  return pair.differing.length > 0 ? "unknown" : differs;
}

/** Whether the seed is the only factor that differs, as far as is known. */
function isSeedAlone(pair: Case["pair"]): boolean {
  return isRepeat(pair) && pair.seeds.length > 0;
}

/** Fewer runs do not show what chance does. */
const LEAST_RUNS = 4;

function isWithinNoise(
  { pair, judgement, practicalDifference }: Draft,
): boolean {
  const test = judgement?.test;
  if (pair.quality !== "full" || test?.detectable === undefined) return false;
  return Math.max(test.nA, test.nB) >= LEAST_RUNS &&
    (practicalDifference === undefined ||
      test.detectable <= practicalDifference);
}

function findingsOf(
  draft: Draft,
  outcome: Outcome,
  noise: NoiseOptions,
): Findings {
  const { a, b, frame, pair, metric, samples, alpha, keys, results } = draft;
  const nothing = { suspects: [], cleared: [] };
  if (outcome === "identical" || outcome === "within-noise") return nothing;
  if (pair.differing.length === 0) {
    return isSeedAlone(pair) && outcome !== "unexplained"
      ? { ...nothing, suspects: seedSuspects(draft) }
      : nothing;
  }
  const all = outcomesOf(draft, outcome);
  const ofRun = (run: RunFacts) =>
    all?.samples.filter((one) => one.run === run);
  const others = all?.samples.filter(({ run }) => run !== a && run !== b) ?? [];
  const cube = buildCube(
    frame,
    pair.differing,
    all?.isMetric ? samples.a : ofRun(a) ?? [],
    all?.isMetric ? samples.b : ofRun(b) ?? [],
    others,
  );
  const difference = all?.isMetric
    ? draft.judgement?.estimate?.difference ?? metric?.difference ?? 0
    : 1;
  const steps = all === undefined ? [] : stepsOf(cube, {
    ...noise,
    among: 1,
    difference,
    practicalDifference: draft.practicalDifference,
    isNoiseKnown: all.isMetric && draft.judgement !== undefined,
    isExact: all.isMetric && draft.judgement?.test.kind === "identical" &&
      draft.judgement.test.noise === "same-seed" &&
      draft.judgement.test.isBeyondNoise,
    isSeedOpen: isSeedOpen(draft),
    isSameRun: (one, other) =>
      keys.every((key) => isSameResult(one, other, key, results)) &&
      keys.some((key) => isFine(one.metrics.get(key)?.lastFinite)),
  });
  const findings = findSuspects({
    a,
    b,
    moved: pair.moved,
    factors: pair.differing,
    cube,
    steps,
    difference,
    associate: (factors) =>
      all?.isMetric ? associationsOf(frame, factors, a, b, all.samples) : [],
    alpha,
    isAboutLength: isAboutLength(draft.progress),
    isSeedOpen: isSeedOpen(draft),
  });
  return { ...findings, hasRunsBetween: cube.vertices.length > 2 };
}

/** Whether the seeds of the runs differ, and nothing shows how much that does. */
function isSeedOpen({ pair, judgement, metric }: Draft): boolean {
  return pair.seeds.length > 0 && judgement === undefined &&
    metric !== undefined && Number.isFinite(metric.difference);
}

/** What the runs of the history came to: the metric, or whether a run failed or diverged. */
function outcomesOf(
  { a, b, frame, metric, results, progress, isWay }: Draft,
  outcome: Outcome,
):
  | { readonly samples: readonly Sample[]; readonly isMetric: boolean }
  | undefined {
  const hits = (
    runs: readonly RunFacts[],
    isHit: (run: RunFacts) => boolean,
  ) => ({
    isMetric: false,
    samples: runs.map((run) => ({
      run,
      value: Number(isHit(run)),
      seed: frame.seedOf(run),
    })),
  });
  if (outcome === "stopped-early") {
    const runs = frame.runs.filter((run) => isDone(run) || hasFailed(run));
    const isOne = progress.stopped.length === 1 && runs.includes(a) &&
      runs.includes(b);
    return isOne ? hits(runs, hasFailed) : undefined;
  }
  if (metric === undefined || isWay) return undefined;
  const runs = frame.runs.filter(isDone);
  if (metric.notFinite?.a !== metric.notFinite?.b) {
    const own = runs.filter((run) => run.metrics.has(metric.key));
    return hits(own, (run) => isNotFinite(run, metric.key));
  }
  if (!Number.isFinite(metric.difference)) return undefined;
  return {
    samples: samplesOf(frame, runs, metric.key, results),
    isMetric: true,
  };
}

function hasFailed({ status }: RunFacts): boolean {
  return status === "failed" || status === "crashed";
}

function isDone({ status }: RunFacts): boolean {
  return status === "completed";
}

function isAboutLength({ common, stopped }: Progress): boolean {
  return stopped.length === 0 && common !== undefined &&
    common.isEqual !== false;
}

function seedSuspects(draft: Draft): Findings["suspects"] {
  const { pair, a, b } = draft;
  return pair.seeds.map((id) => ({
    ...factorOf(draft, id),
    kind: "seed",
    evidence: "intervention",
    ...(pair.seeds.length > 1 && { group: pair.seeds }),
    runs: [a.id, b.id],
  }));
}

/** An intervention, known noise, and a complete record of every run used. */
function isCaused(
  { pair, coverage, judgement, metric }: Draft,
  outcome: Outcome,
  { suspects, joint }: Findings,
): boolean {
  const named = joint === undefined
    ? suspects.slice(0, 1)
    : jointSuspects(suspects, metric?.difference);
  const isShown = named.every(({ evidence, kind, p }) =>
    evidence === "intervention" && kind !== "seed" &&
    (p !== undefined || pair.differing.length === 1)
  );
  const half = metric?.notFinite
    ? 0.5
    : Math.abs(metric?.difference ?? NaN) / 2;
  const sum = named.reduce((sum, { effect }) => sum + (effect ?? NaN), 0);
  return outcome === "explained" && pair.quality === "full" &&
    gapsIn(coverage).length === 0 && judgement?.test.isBeyondNoise === true &&
    // If a part of the difference is caused, what made the rest is open.
    named.length > 0 && isShown && Math.abs(sum) >= half;
}
