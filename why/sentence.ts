/**
 * The answer in words.
 *
 * @module
 */
import type { Case } from "./case.ts";
import { gapsIn } from "./pair_coverage.ts";
import { jointSuspects } from "./suspects.ts";
import { isResource } from "./metric_kinds.ts";
import type { RunFacts } from "./facts.ts";
import { sameText } from "./same_text.ts";
import type { DifferenceTest, VerdictSuspect } from "./verdict_types.ts";
import {
  changeText,
  counted,
  factorName,
  join,
  number,
  pText,
  signed,
} from "./words.ts";

/**
 * Writes the answer. What is named as the cause comes first.
 *
 * @param known The comparison.
 * @returns one to three sentences, not escaped.
 */
export function sentenceOf(known: Case): string {
  return sentencesOf(known).filter((one) => one !== "").join(" ");
}

function sentencesOf(known: Case): string[] {
  switch (known.outcome) {
    case "identical":
      return identical(known);
    case "within-noise":
      return withinNoise(known);
    case "stopped-early":
      return stoppedEarly(known);
    case "explained":
      return explained(known);
    case "unexplained":
      return unexplained(known);
    default:
      return undecided(known);
  }
}

function identical(known: Case): string[] {
  const { metric, pair, results, keys, history } = known;
  const isTolerant = results.tolerance > 0 || results.atol > 0;
  const what = metric === undefined || metric.chosenBy === "difference"
    ? "The results are"
    : `${metric.key} is`;
  const equal = metric?.a === metric?.b || !isTolerant
    ? "identical"
    : "equal within the tolerance";
  const others = keys.filter((key) => key !== metric?.key)
    .filter((key) => isOther(known, key));
  const changed = [
    ...pair.differing.map(factorName),
    ...(pair.seeds.length > 0 ? [seedName(known)] : []),
  ];
  return [
    history.a === history.b
      ? `Run ${history.a.id} was compared with itself.`
      : metric?.notFinite
      ? `${metric.key} is not finite in either run.`
      : `${what} ${equal}${butFor(known)}.`,
    onTheWay(known),
    others.length === 0
      ? ""
      : `${join(others)} ${others.length === 1 ? "differs" : "differ"}.`,
    changed.length === 0
      ? ""
      : `${capital(listed(changed))} ${
        changed.length === 1 ? "differs" : "differ"
      }, without effect on ${metric?.key ?? "them"} here.`,
    sameText(known),
  ];
}

/** Results that the answer does not count, and that differ all the same. */
function butFor({ metric, volatile, a, b }: Case): string {
  if (metric?.chosenBy !== "difference") return "";
  const alone = (run: RunFacts, other: RunFacts) =>
    [...run.metrics.keys()]
      .filter((key) => !other.metrics.has(key) && !isResource(key)).sort();
  const [ofA, ofB] = [alone(a, b), alone(b, a)];
  const parts = [
    ...(volatile.length === 0 ? [] : [
      `${join(volatile)}, which ${
        volatile.length === 1 ? "differs" : "differ"
      } between repeats, too`,
    ]),
    ...(ofA.length === 0 ? [] : [`${join(ofA)}, which run ${a.id} alone has`]),
    ...(ofB.length === 0 ? [] : [`${join(ofB)}, which run ${b.id} alone has`]),
  ];
  return parts.length === 0 ? "" : ` but for ${parts.join("; ")}`;
}

/** The best values may be equal while the ways to them are not. */
function onTheWay({ ways, metric }: Case): string {
  return ways.some(({ key }) => key === metric?.key)
    ? `${metric?.key} differs on the way.`
    : "";
}

/** Equal results that are reached by different ways: `loss at step 3 (0.7 -> 0.8)`. */
function waysText({ ways }: Case): string {
  return listed(ways.map(({ key, first }) => {
    if (first === undefined) return key;
    const { step, a, b } = first;
    return a === undefined || b === undefined
      ? `${key} from step ${step}, which one run alone has`
      : `${key} from step ${step} (${number(a)} -> ${number(b)})`;
  }));
}

/** The first sentence about equal results that are reached by different ways. */
function wayText(known: Case): string {
  const { metric, progress } = known;
  const isNamed = metric !== undefined && metric.chosenBy !== "difference";
  const what = metric?.notFinite
    ? `${metric.key} is not finite in either run`
    : isNamed
    ? `${metric.key} is the same at the end`
    : "The results at the end are the same";
  const { common } = progress;
  const [x, y] = [progress.a.lastStep, progress.b.lastStep];
  if (common?.isEqual) {
    return `${what}, but one run ended at step ${x} and the other at step ${y}; they were equal until step ${common.step}`;
  }
  const end = common === undefined
    ? ""
    : `; one run ended at step ${x} and the other at step ${y}`;
  const verb = metric?.notFinite
    ? "the runs differ"
    : isNamed
    ? "it differs"
    : "they differ";
  return `${what}, but ${verb} on the way: ${waysText(known)}${end}`;
}

/** `the seed`, or the keys of the config that are seeds if they do not have one value. */
function seedName({ pair, a, b }: Case): string {
  const [first, ...rest] = pair.seeds;
  const isOne = first === undefined ||
    rest.every((id) =>
      a.factors.get(id) === a.factors.get(first) &&
      b.factors.get(id) === b.factors.get(first)
    );
  return isOne && pair.seeds.some((id) => /^(seed|config:seed)$/.test(id))
    ? "the seed"
    : join(pair.seeds.map(factorName));
}

/** `the seed differs (7 -> 8)`. */
function seedChange(known: Case): string {
  const { pair, a, b } = known;
  const name = seedName(known);
  const [id = ""] = pair.seeds;
  return name === "the seed" || pair.seeds.length === 1
    ? `${name} differs (${a.factors.get(id) ?? "absent"} -> ${
      b.factors.get(id) ?? "absent"
    })`
    : `the seeds differ: ${join(known.findings.suspects.map(changeText))}`;
}

function isOther({ a, b }: Case, key: string): boolean {
  return !Object.is(a.metrics.get(key)?.last, b.metrics.get(key)?.last);
}

function withinNoise(known: Case): string[] {
  const { metric, pair } = known;
  const test = metric?.test;
  if (metric === undefined || test === undefined) return [];
  const changed = pair.differing.map(factorName);
  return [
    `The difference in ${metric.key} (${
      signed(metric.difference)
    }) is within the noise of ${repeatsText(test)} (${
      pText(test.p)
    }); a difference of ${
      number(test.detectable ?? NaN)
    } would have been found with 80% power.`,
    changed.length === 0
      ? sameText(known)
      : `That ${listed(changed)} changed ${metric.key} is not shown.`,
    unusual(known),
  ];
}

function unusual({ repeats, a, b }: Case): string {
  const odd = [[a, repeats.a], [b, repeats.b]] as const;
  return odd.filter(([, { isUnusual }]) => isUnusual).map(([run, { runs }]) =>
    `Run ${run.id} was an unusual run among its ${runs.length} repeats.`
  ).join(" ");
}

/** `5 runs`, `4 seeds`: what the noise was taken from, the compared runs included. */
function repeatsText({ kind, noise, nA, nB }: DifferenceTest): string {
  const noun = noise === "seed" ? "seed" : "run";
  if (kind === "paired") return `${counted(nA, noun)} on both sides`;
  return Math.min(nA, nB) === 1
    ? counted(Math.max(nA, nB), noun)
    : `${nA} and ${counted(nB, noun)}`;
}

function stoppedEarly(known: Case): string[] {
  const { progress, a, b, findings } = known;
  const runs = { a, b };
  const stopped = progress.stopped.map((name) => {
    const { status, lastStep, error } = progress[name];
    const verb = status === "running" ? "is still running" : "stopped";
    const where = lastStep === undefined
      ? "before its first metric"
      : `after step ${lastStep}`;
    const reason = error ?? (status === "running" ? "" : status);
    return `Run ${runs[name].id} ${verb} ${where}${
      reason === "" ? "" : `: ${reason}`
    }`;
  });
  const isSeed = findings.suspects[0]?.kind === "seed";
  const changed = [
    ...findings.suspects.map(changeText),
    ...(isSeed || known.pair.seeds.length === 0 ? [] : [seedName(known)]),
  ];
  return [
    `${stopped.map(withoutPeriod).join("; ")}.`,
    untilThere(known),
    whatDiffers(known, changed),
  ];
}

function whatDiffers(known: Case, changed: readonly string[]): string {
  if (changed.length === 0) return nothingDiffers(known);
  // A run between the two told some of them apart.
  return changed.length > 1 && known.findings.step !== undefined
    ? `It goes with ${causeText(known)}${gapText(known)}.`
    : `${capital(listed(changed))} ${
      changed.length === 1 ? "differs" : "differ"
    }.`;
}

function gapText({ coverage }: Case): string {
  const gaps = gapsIn(coverage);
  return gaps.length === 0 ? "" : `; ${join(gaps)}`;
}

function withoutPeriod(text: string): string {
  return text.replace(/[.\s]+$/, "");
}

function untilThere({ progress: { common }, keys }: Case): string {
  if (common === undefined || keys.length === 0) return "";
  const { step, isEqual, metric } = common;
  if (metric !== undefined) {
    return `At step ${step}, the last that both reached, ${metric.key} already differed (${
      number(metric.a)
    } -> ${number(metric.b)}).`;
  }
  return isEqual
    ? `At step ${step}, the last that both reached, the metrics were equal.`
    : "";
}

/** Says that no recorded factor differs, as far as that is known. */
function nothingDiffers(known: Case): string {
  const { pair, coverage } = known;
  if (pair.unknown.length > 0 || pair.quality === "none") {
    return `What differs is not known: ${join(gapsOrUnknown(known))}.`;
  }
  const seeds = pair.seeds.length > 0 ? " but the seed" : "";
  const gaps = gapsIn(coverage);
  const counts = hasShown(known) ? " and counts" : "";
  return `Nothing that was recorded${counts}${seeds} differs${
    gaps.length === 0 ? "" : `; ${join(gaps)}`
  }.`;
}

function gapsOrUnknown({ coverage, pair }: Case): string[] {
  const gaps = gapsIn(coverage);
  return gaps.length > 0
    ? gaps
    : pair.unknown.map((id) => `${factorName(id)} is known in one run only`);
}

function explained(known: Case): string[] {
  const { metric, findings } = known;
  const [first] = findings.suspects;
  if (metric === undefined || first === undefined) return [];
  if (first.kind === "seed") return bySeedAlone(known);
  const cause = causeText(known);
  const numbers = change(known);
  if (known.isWay) {
    return [
      `${wayText(known)}.`,
      `The difference goes with ${cause}${doubts(known)}.`,
    ];
  }
  if (isAgainst(known)) return against(known);
  return [
    known.isCaused
      ? `Caused by ${cause}: ${numbers}, ${beyond(known)}.`
      : `The difference goes with ${cause}: ${numbers}${doubts(known)}.`,
    steps(known),
    aboutSeed(known),
    unusual(known),
  ];
}

/** Whether the first suspect moved the metric the other way: the seed made the rest, or something else. */
function isAgainst({ findings, metric }: Case): boolean {
  const { effect, evidence } = findings.suspects[0] ?? {};
  return findings.step !== undefined && evidence === "intervention" &&
    effect !== undefined && metric !== undefined &&
    metric.notFinite === undefined && effect * metric.difference < 0;
}

function against(known: Case): string[] {
  const { findings, metric, coverage } = known;
  const [first] = findings.suspects;
  const ids = new Set([first?.id, ...first?.group ?? []]);
  const others = findings.suspects.filter(({ id }) => !ids.has(id))
    .map(changeText);
  const gaps = gapsIn(coverage);
  const rest = [
    ...others,
    ...(gaps.length === 0 || others.length > 0
      ? []
      : [`something that was not recorded (${join(gaps)})`]),
  ];
  const [from, to] = [findings.step?.from, findings.step?.to]
    .map((end) => end?.samples[0]?.run.id);
  const seed = `the seed: ${fewRepeats(known)}`;
  return [
    `The difference (${change(known)}) goes the other way than ${
      causeText(known)
    }, which moved ${metric?.key} by ${
      signed(first?.effect ?? NaN)
    } between run ${from} and run ${to}; it goes with ${
      rest.length === 0
        ? seed
        : `${listed(rest, "or")}${
          others.length > 0 && gaps.length > 0 ? `; ${join(gaps)}` : ""
        }, or ${seed}`
    }.`,
  ];
}

/** What one seed shows is not that a setting is better. */
function aboutSeed({ metric, frame, a }: Case): string {
  return metric?.test?.noise === "same-seed" && frame.isSeeded(a)
    ? "This is about this seed; whether the setting is better or worse needs other seeds."
    : "";
}

/** `loss 0.5 -> 0.9`. */
function change({ metric, progress }: Case): string {
  if (metric === undefined) return "";
  const { key, a, b, notFinite } = metric;
  if (notFinite?.a && notFinite.b) {
    return `${key} ${number(a)} -> ${number(b)} (the last finite values)`;
  }
  const [from, to] = [
    notFinite?.a ? "not finite" : number(a),
    notFinite?.b ? "not finite" : number(b),
  ];
  const { common } = progress;
  const length = common === undefined
    ? ""
    : common.isEqual
    ? ` (equal until step ${common.step}, at which one run ended)`
    : ` (after ${progress.a.lastStep} and ${progress.b.lastStep} steps)`;
  return `${key} ${from} -> ${to}${length}`;
}

/** Names the first suspects: one, those that act together, or those that cannot be told apart. */
function causeText(known: Case): string {
  const { suspects, joint } = known.findings;
  const [first] = suspects;
  if (first === undefined) return "";
  if (joint !== undefined) {
    const moved = jointSuspects(suspects, known.metric?.difference);
    const words = joint === "together" ? " together" : "";
    return `${join(named(moved))}${words}`;
  }
  return first.group === undefined
    ? changeText(first)
    : `one of: ${listed(groupOf(first, suspects).map(changeText), "or")}`;
}

function named(suspects: readonly VerdictSuspect[]): string[] {
  const groups = new Map<string, VerdictSuspect[]>();
  for (const one of suspects) {
    const key = (one.group ?? [one.id]).join("\n");
    groups.set(key, [...groups.get(key) ?? [], one]);
  }
  return [...groups.values()].map((group) =>
    group.length === 1
      ? group.map(changeText).join()
      : `one of (${listed(group.map(changeText), "or")})`
  );
}

function groupOf(
  { group }: VerdictSuspect,
  suspects: readonly VerdictSuspect[],
): VerdictSuspect[] {
  return suspects.filter(({ id }) => group?.includes(id));
}

/** A sentence names this many. */
const MOST_NAMES = 4;

function listed(names: readonly string[], last: string = "and"): string {
  if (names.length <= MOST_NAMES + 1) return join(names, last);
  return `${names.slice(0, MOST_NAMES).join(", ")} ${last} ${
    names.length - MOST_NAMES
  } more`;
}

/** What keeps the first suspect from being the cause. */
function doubts(known: Case): string {
  const { coverage, pair, judgement, findings } = known;
  const gaps = gapsIn(coverage);
  const parts = gaps.length === 0 ? [] : [join(gaps)];
  if (pair.unknown.length > 0 && gaps.length === 0) {
    parts.push(join(gapsOrUnknown(known)));
  }
  const [first] = findings.suspects;
  if (judgement !== undefined && first?.evidence === "association") {
    parts.push(
      `associated in ${
        counted(known.history.others.length + 2, "run")
      }, not proven`,
    );
  }
  if (judgement === undefined && pair.seeds.length === 0) {
    parts.push(`not known whether this is chance: ${fewRepeats(known)}`);
  }
  const text = parts.map((part) => `; ${part}`).join("");
  return judgement === undefined && pair.seeds.length > 0
    ? `${text}, or the seed: ${fewRepeats(known)}`
    : text;
}

function fewRepeats({ repeats, isWay }: Case): string {
  const most = Math.max(repeats.a.runs.length, repeats.b.runs.length);
  if (isWay && most > 1) return "repeats are compared at the end only";
  return most === 1 ? "no repeats" : "too few repeats";
}

/** `beyond the noise of 5 repeats (p = 0.001)`. */
function beyond({ metric }: Case): string {
  const test = metric?.test;
  if (test === undefined) return "";
  if (test.kind === "identical") return identicalText(test);
  return `beyond the noise of ${repeatsText(test)} (${pText(test.p)})`;
}

/** The same as a sentence. */
function beyondText(test: DifferenceTest): string {
  return test.kind === "identical"
    ? `Repeats are identical (${repeatsText(test)}).`
    : `The difference is beyond the noise of ${repeatsText(test)} (${
      pText(test.p)
    }).`;
}

function identicalText(test: DifferenceTest): string {
  return `repeats are identical (${repeatsText(test)})`;
}

/** The runs that show it, and what is shown not to be needed. */
function steps(known: Case): string {
  const { findings, metric, judgement, isCaused, outcome, a, b } = known;
  const [first] = findings.suspects;
  const parts: string[] = [];
  if (judgement !== undefined && !isCaused && outcome === "explained") {
    parts.push(beyondText(judgement.test));
  }
  const step = findings.step;
  const ids = [step?.from, step?.to].map((end) => end?.samples[0]?.run.id);
  const isOwn = ids.every((id) => id === a.id || id === b.id);
  if (step !== undefined && !isOwn && first !== undefined && metric) {
    const rest = known.pair.quality === "full" ? "" : " that was recorded";
    parts.push(
      `Between run ${ids[0]} and run ${ids[1]} nothing else${rest} changed${
        seedsOf(known, step)
      }, and ${
        metric.notFinite === undefined
          ? `${metric.key} moved by ${signed(step.effect)}`
          : `the result of run ${
            step.effect > 0 ? ids[1] : ids[0]
          } is not finite`
      }.`,
    );
  }
  const open = openText(known);
  if (open !== "") parts.push(open);
  if (findings.joint === "split-in-this-order") {
    parts.push(
      "The effects are split in the order of the history; another order may split them otherwise.",
    );
  }
  const suffices = findings.cleared.filter(({ reason }) =>
    reason === "suffices"
  );
  if (suffices.length > 0) {
    const names = suffices.map(({ id }) => factorName(id));
    parts.push(
      `That suffices; ${listed(names)} ${
        names.length === 1 ? "is" : "are"
      } not shown to be harmless.`,
    );
  }
  return parts.join(" ");
}

/** What is left of the factors, beside those that moved the metric. */
function openText({ findings }: Case): string {
  const [first, ...others] = findings.suspects;
  if (first?.evidence !== "intervention" || findings.step === undefined) {
    return "";
  }
  const moved = new Set([first.id, ...first.group ?? []]);
  const names = others.filter(({ id, evidence, p }) =>
    !moved.has(id) && (evidence !== "intervention" || p === undefined)
  ).map(({ id }) => factorName(id));
  return names.length === 0 || findings.joint !== undefined
    ? ""
    : `${capital(listed(names))} ${
      names.length === 1 ? "differs" : "differ"
    }, too, and ${names.length === 1 ? "is" : "are"} not shown to be harmless.`;
}

function seedsOf(
  { frame }: Case,
  step: NonNullable<Case["findings"]["step"]>,
): string {
  const [one, other] = [step.from.samples[0], step.to.samples[0]];
  return one && other && frame.seedOf(one.run) !== frame.seedOf(other.run)
    ? " but the seed"
    : "";
}

function bySeedAlone(known: Case): string[] {
  const { coverage, judgement } = known;
  const gaps = gapsIn(coverage);
  const only = gaps.length === 0
    ? `Only ${seedChange(known)}`
    : `Of what was recorded, only ${seedChange(known)}`;
  const few = fewRepeats(known);
  const open = [
    ...(gaps.length === 0 ? [] : [join(gaps)]),
    ...(judgement !== undefined || known.isWay ? [] : [
      `there are ${few} to show how much the seed does`,
    ]),
  ].map((part) => `; ${part}`).join("");
  if (known.isWay) return [`${wayText(known)}.`, `${only}${open}.`];
  const test = judgement?.test;
  return [
    `${only}: ${change(known)}${open}.`,
    test === undefined
      ? ""
      : `The difference is not beyond the noise of ${repeatsText(test)} (${
        pText(test.p)
      }).`,
    unusual(known),
  ];
}

function unexplained(known: Case): string[] {
  const { coverage, judgement, pair } = known;
  const gaps = gapsIn(coverage);
  const isUnknown = pair.unknown.length > 0 || pair.quality === "none";
  const seeds = pair.seeds.length === 0 ? "" : ` but ${seedName(known)}`;
  const counts = hasShown(known) ? " that counts" : "";
  const result = known.isWay ? "" : `, yet ${change(known)}`;
  const first = isUnknown
    ? `No recorded factor${seeds} is known to differ${result}`
    : `No recorded factor${counts}${seeds} differs${result}`;
  const open = isUnknown ? gapsOrUnknown(known) : gaps;
  const chance = judgement === undefined
    ? `chance (${fewRepeats(known)})`
    : judgement.test.isBeyondNoise
    ? ""
    : `chance: ${repeatsText(judgement.test)} vary as much${
      gaps.length === 0 ? "" : ", as far as recorded"
    }`;
  const isRare = judgement?.test.isBeyondNoise === true &&
    pair.seeds.length > 0;
  const rest = gaps.length === 0 && !isUnknown
    ? `${
      isRare ? "a rare seed, or " : ""
    }something that is not part of the record`
    : `something that was not recorded (${join(open)})`;
  const seed = judgement === undefined && pair.seeds.length > 0;
  const end = seed
    ? `${rest}, or the seed: ${fewRepeats(known)}`
    : chance === ""
    ? rest
    : `${chance}, or ${rest}`;
  return [
    known.isWay ? `${wayText(known)}.` : "",
    `${first}: ${end}.`,
    judgement?.test.isBeyondNoise ? beyondText(judgement.test) : "",
    sameText(known),
  ];
}

/** Whether labels or unread leaves differ. */
function hasShown({ pair }: Case): boolean {
  return pair.labels.length + pair.unread.length > 0;
}

/** `loss (0.5 -> 0.6)`. */
function inBrackets(known: Case): string {
  const key = known.metric?.key ?? "";
  const rest = change(known).slice(key.length + 1);
  return rest.endsWith(")") ? `${key} ${rest}` : `${key} (${rest})`;
}

function undecided(known: Case): string[] {
  const { metric, judgement, pair, findings } = known;
  if (metric === undefined) return noMetric(known);
  const changed = findings.suspects.map(changeText);
  const test = judgement?.test;
  const asFar = pair.quality === "full" ? "" : " as far as recorded";
  const [low, high] = test?.interval ?? [0, 0];
  const reach = Math.max(Math.abs(low), Math.abs(high));
  const most = test?.interval === undefined
    ? ""
    : `; up to ±${number(reach)} is not ruled out`;
  return [
    `The difference in ${inBrackets(known)} cannot be told from chance${asFar}${
      test === undefined ? "" : ` with ${repeatsText(test)} (${pText(test.p)})`
    }${most}.`,
    changed.length === 0
      ? ""
      : `${capital(listed(changed))} ${
        changed.length === 1 ? "differs" : "differ"
      }.`,
    unusual(known),
  ];
}

function noMetric(known: Case): string[] {
  const { a, b, findings } = known;
  const changed = findings.suspects.map(changeText);
  const isMissing = a.metrics.size === 0 || b.metrics.size === 0;
  return [
    isMissing
      ? `There is no result to compare: run ${
        a.metrics.size === 0 ? a.id : b.id
      } has no metrics.`
      : "There is no result to compare: the runs have no metric in common that is a result.",
    changed.length === 0
      ? nothingDiffers(known)
      : `${capital(listed(changed))} ${
        changed.length === 1 ? "differs" : "differ"
      }.`,
  ];
}

function capital(text: string): string {
  // A name keeps its case: only the words of this module start a sentence.
  return /^(the|package|input|variable) /.test(text)
    ? text.charAt(0).toUpperCase() + text.slice(1)
    : text;
}
