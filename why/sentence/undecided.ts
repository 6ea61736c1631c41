import type { Case } from "../case/case.ts";
import { changeText, number, pText } from "../words.ts";
import { changeInBrackets } from "./change_text.ts";
import { nothingDiffers } from "./gap_text.ts";
import { allDiffer } from "./names.ts";
import { repeatsText, unusual } from "./noise_text.ts";

/**
 * Writes the answer where the record cannot decide.
 *
 * @param known The comparison.
 * @returns its sentences; some may be empty.
 */
export function undecided(known: Case): string[] {
  const { metric, pair, findings } = known;
  if (metric === undefined) return noMetric(known);
  const asFar = pair.quality === "full" ? "" : " as far as recorded";
  return [
    `The difference in ${
      changeInBrackets(known)
    } cannot be told from chance${asFar}${testText(known)}.`,
    notFiniteText(known),
    allDiffer(findings.suspects.map(changeText)),
    unusual(known),
  ];
}

/** Repeats that diverged are not among the values, and are why equal values convict nothing. */
function notFiniteText({ metric, judgement, repeats, a, b }: Case): string {
  if (metric?.notFinite !== undefined || judgement === undefined) return "";
  const sides = [[a, repeats.a], [b, repeats.b]] as const;
  return sides.filter(([, { notFinite }]) => notFinite > 0)
    .map(([{ id }, { notFinite, runs }]) =>
      `${notFinite} of ${runs.length} runs with the setting of run ${id} ${
        notFinite === 1 ? "has" : "have"
      } no finite ${metric?.key}.`
    ).join(" ");
}

function testText({ judgement }: Case): string {
  const test = judgement?.test;
  if (test === undefined) return "";
  const text = ` with ${repeatsText(test)} (${pText(test.p)})`;
  if (test.interval === undefined) return text;
  const reach = Math.max(...test.interval.map(Math.abs));
  return `${text}; up to ±${number(reach)} is not ruled out`;
}

function noMetric(known: Case): string[] {
  const changed = known.findings.suspects.map(changeText);
  return [
    nothingToCompare(known),
    changed.length === 0 ? nothingDiffers(known) : allDiffer(changed),
  ];
}

function nothingToCompare({ a, b }: Case): string {
  const lacking = [a, b].find(({ metrics }) => metrics.size === 0);
  return lacking === undefined
    ? "There is no result to compare: the runs have no metric in common that is a result."
    : `There is no result to compare: run ${lacking.id} has no metrics.`;
}
