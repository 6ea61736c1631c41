/**
 * The runs that show what moved the metric, in words.
 *
 * @module
 */
import type { Case } from "../case/case.ts";
import type { Step } from "../interventions.ts";
import { counted, factorName, signed } from "../words.ts";
import { capital, differ, listed } from "./names.ts";
import { noiseSentence } from "./noise_text.ts";

/**
 * Names the runs that show it, and what is shown not to be needed.
 *
 * @param known The comparison.
 * @returns sentences; empty if there is nothing to add.
 */
export function steps(known: Case): string {
  return [
    judged(known),
    between(known),
    openText(known),
    orderText(known),
    sufficesText(known),
  ].filter((one) => one !== "").join(" ");
}

function judged({ judgement, isCaused, outcome }: Case): string {
  return judgement !== undefined && !isCaused && outcome === "explained"
    ? noiseSentence(judgement.test)
    : "";
}

/** Says between which other runs the first suspect alone changed. */
function between(known: Case): string {
  const { findings: { step, suspects }, metric, a, b, pair } = known;
  if (step === undefined || suspects.length === 0 || !metric) return "";
  const ids = [step.from, step.to].map((end) => end.samples[0]?.run.id);
  if (ids.every((id) => id === a.id || id === b.id)) return "";
  const rest = pair.quality === "full" ? "" : " that was recorded";
  const moved = metric.notFinite === undefined
    ? `${metric.key} moved by ${signed(step.effect)}${averageText(step)}`
    : notFiniteText(step);
  return `Between run ${ids[0]} and run ${ids[1]} nothing else${rest} changed${
    seedsOf(known, step)
  }, and ${moved}.`;
}

/** The values of such a step are 1 for a result that is not finite, and 0. */
function notFiniteText({ from, to, effect }: Step): string {
  const [before, after] = [from, to].map(({ samples }) => {
    const hits = samples.filter(({ value }) => value > 0).length;
    return `${hits} of ${counted(samples.length, "run")}`;
  });
  const run = (effect > 0 ? to : from).samples[0]?.run.id;
  return from.samples.length + to.samples.length === 2
    ? `the result of run ${run} is not finite`
    : `${before} before it and ${after} after it have no finite result`;
}

/**
 * Says that an effect is not the difference of the two runs that are named for it.
 *
 * @param step The step.
 * @returns ` on average of their repeats`; empty if it is.
 */
export function averageText({ from, to, effect }: Step): string {
  const [before, after] = [from.samples[0]?.value, to.samples[0]?.value];
  return signed((after ?? NaN) - (before ?? NaN)) === signed(effect)
    ? ""
    : " on average of their repeats";
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

/** What is left of the factors, beside those that moved the metric. */
function openText({ findings }: Case): string {
  const [first, ...others] = findings.suspects;
  if (
    first?.evidence !== "intervention" || findings.step === undefined ||
    findings.joint !== undefined
  ) return "";
  const names = others.filter(({ id, evidence, p }) =>
    !first.group?.includes(id) &&
    (evidence !== "intervention" || p === undefined)
  ).map(({ id }) => factorName(id));
  return names.length === 0
    ? ""
    : `${capital(listed(names))} ${differ(names)}, too, and ${
      are(names)
    } not shown to be harmless.`;
}

function orderText({ findings }: Case): string {
  return findings.joint === "split-in-this-order"
    ? "The effects are split in the order of the history; another order may split them otherwise."
    : "";
}

function sufficesText({ findings }: Case): string {
  const names = findings.cleared.filter(({ reason }) => reason === "suffices")
    .map(({ id }) => factorName(id));
  return names.length === 0
    ? ""
    : `That suffices; ${listed(names)} ${are(names)} not shown to be harmless.`;
}

function are(names: readonly string[]): string {
  return names.length === 1 ? "is" : "are";
}
