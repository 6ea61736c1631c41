/**
 * Compares two runs, before the comparison is put into words.
 *
 * @module
 */
import {
  chooseMetric,
  type ChosenMetric,
  countValues,
  type Eligible,
  eligibleMetrics,
} from "../choose_metric.ts";
import type { History } from "../facts.ts";
import { Frame } from "../frame.ts";
import { pairCoverage } from "../pair_coverage.ts";
import { progressOf } from "../progress.ts";
import { samplesOf } from "../replicates.ts";
import { isSameResult } from "../results.ts";
import type { ExplainOptions } from "../verdict_types.ts";
import { type Way, waysOf } from "../ways.ts";
import type { Case } from "./case.ts";
import { describeRepeats } from "./describe_repeats.ts";
import { findingsOf } from "./findings.ts";
import {
  type JudgeContext,
  judgeMetric,
  noiseOptions,
} from "./judge_metric.ts";
import { type JudgingOptions, judgingOptions } from "./judging_options.ts";
import { measureMetric } from "./measure_metric.ts";
import { type Draft, isCaused, outcomeOf } from "./outcome.ts";
import { repeatGroups, yardsticks } from "./repeat_groups.ts";

/**
 * Compares two runs.
 *
 * @param history The two runs, and the runs that may say something about them.
 * @param options Options.
 * @returns what is known of the comparison.
 * @throws {UserError} If an option is out of range.
 */
export function buildCase(history: History, options: ExplainOptions): Case {
  const context = contextOf(history, options);
  const chosen = chosenIn(context, options.metric);
  const first = caseAbout(context, chosen);
  if (chosen?.chosenBy !== "difference" || groupSize(first) < 2) return first;
  // Without runs between the two, no metric tells more.
  if (!first.findings.hasRunsBetween) return first;
  return context.eligible.differing.filter((key) => key !== chosen.key)
    .slice(0, MOST_METRICS)
    .map((key) => caseAbout(context, { ...chosen, key }))
    .find((other) => tellsMore(other, first)) ?? first;
}

/** What is the same for every metric. */
interface Context extends JudgeContext, JudgingOptions {
  readonly history: History;
  readonly pair: Case["pair"];
  readonly eligible: Eligible;
  readonly ways: readonly Way[];
}

function contextOf(history: History, options: ExplainOptions): Context {
  const { a, b, others } = history;
  const judging = judgingOptions(history, options);
  const { results } = judging;
  const frame = new Frame([a, b, ...others], options);
  const pair = frame.compare(a, b);
  const groups = repeatGroups(frame, pair, [a, b]);
  const eligible = eligibleMetrics(a, b, yardsticks(frame, groups), results);
  const { keys } = eligible;
  const ways = waysOf(history, keys, results);
  return { ...judging, history, frame, pair, groups, eligible, keys, ways };
}

function chosenIn(
  context: Context,
  named: string | undefined,
): ChosenMetric | undefined {
  const { history: { a, b }, eligible: { keys, differing }, ways } = context;
  const among = countVarying(context);
  return chooseMetric(
    a,
    b,
    { keys, differing, onTheWay: ways.map(({ key }) => key), among },
    named,
    (key) => judgeMetric(context, key, among)?.test,
  );
}

/** A metric that is the same everywhere cannot be the one that differs (R. E. Tarone, Biometrics 46, 1990). */
function countVarying(
  { keys, groups: { ofA, ofB }, results }: Context,
): number {
  const runs = [...ofA, ...ofB];
  return keys.filter((key) => countValues(runs, key, results) > 1).length;
}

function caseAbout(
  context: Context,
  chosen: ChosenMetric | undefined,
): Case {
  const { draft, isEqual } = draftAbout(context, chosen);
  const { metric } = draft;
  const outcome = outcomeOf(draft, isEqual && !draft.isWay);
  const noise = noiseOptions(context, metric?.key ?? "", metric?.among ?? 1);
  const findings = findingsOf(draft, outcome, noise);
  return {
    ...draft,
    outcome,
    findings,
    isCaused: isCaused(draft, outcome, findings),
  };
}

function draftAbout(
  context: Context,
  chosen: ChosenMetric | undefined,
): { readonly draft: Draft; readonly isEqual: boolean } {
  const { history, frame, pair, groups, results, keys } = context;
  const { alpha, practicalDifference, eligible: { volatile } } = context;
  const { a, b } = history;
  const judgement = chosen && judgeMetric(context, chosen.key, chosen.among);
  const metric = chosen && measureMetric([a, b], chosen, judgement, results);
  const isEqual = metric !== undefined &&
    isSameResult(a, b, metric.key, results);
  const ways = waysAbout(context, chosen, metric?.key);
  const draft = {
    ...{ history, a, b, frame, pair, results, alpha, practicalDifference },
    ...{ keys, volatile, ways, metric },
    // The best value is what was asked for, whatever came before and after it.
    isWay: isEqual && ways.length > 0 && results.at === "last",
    progress: progressOf(a, b, keys, results),
    coverage: pairCoverage(a, b),
    samples: samplesAbout(context, metric?.key),
    repeats: {
      a: describeRepeats(context, groups.ofA, metric?.key),
      b: describeRepeats(context, groups.ofB, metric?.key),
    },
    judgement: isEqual ? undefined : judgement,
  };
  return { draft, isEqual };
}

function waysAbout(
  { history, ways, results }: Context,
  chosen: ChosenMetric | undefined,
  key: string | undefined,
): readonly Way[] {
  if (chosen?.chosenBy === "difference") return ways;
  return waysOf(history, key === undefined ? [] : [key], results);
}

function samplesAbout(
  { frame, groups: { ofA, ofB }, results }: Context,
  key: string | undefined,
): Case["samples"] {
  if (key === undefined) return { a: [], b: [] };
  return {
    a: samplesOf(frame, ofA, key, results),
    b: samplesOf(frame, ofB, key, results),
  };
}

/** So many other metrics are asked what a coarse one does not tell apart. */
const MOST_METRICS = 8;

/** How many factors cannot be told apart, if other runs lie between the two. */
function groupSize(one: Case): number {
  return firstGroup(one).length || 1;
}

/** The first suspect of an explanation, with those that cannot be told from it. */
function firstGroup({ outcome, findings }: Case): readonly string[] {
  const [first] = outcome === "explained" ? findings.suspects : [];
  return first === undefined ? [] : first.group ?? [first.id];
}

/** Whether the runs tell factors apart by one metric which another one leaves together. */
function tellsMore(one: Case, other: Case): boolean {
  const [own, together] = [firstGroup(one), firstGroup(other)];
  return one.outcome === "explained" &&
    one.findings.suspects[0]?.evidence === "intervention" &&
    own.length < together.length &&
    // What moved another metric alone says nothing of this one.
    own.every((id) => together.includes(id)) &&
    (other.judgement === undefined ||
      one.judgement?.test.isBeyondNoise === true);
}
