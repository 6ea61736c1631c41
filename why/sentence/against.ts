/**
 * The answer about a factor that moved the metric the other way than the difference goes.
 *
 * @module
 */
import type { Case } from "../case/case.ts";
import { gapsIn } from "../pair_coverage.ts";
import { changeText, join, signed } from "../words.ts";
import { causeText } from "./cause_text.ts";
import { metricChange } from "./change_text.ts";
import { listed } from "./names.ts";
import { fewRepeats } from "./noise_text.ts";
import { averageText } from "./steps.ts";

/**
 * Tells whether the first suspect moved the metric the other way: the seed made the rest, or something else.
 *
 * @param known The comparison.
 * @returns true if it did.
 */
export function isAgainst({ findings, metric }: Case): boolean {
  const { effect, evidence } = findings.suspects[0] ?? {};
  return findings.step !== undefined && evidence === "intervention" &&
    effect !== undefined && metric !== undefined &&
    metric.notFinite === undefined && effect * metric.difference < 0;
}

/**
 * Writes the answer.
 *
 * @param known The comparison.
 * @returns its sentence.
 */
export function against(known: Case): string[] {
  const { findings: { step, suspects }, metric } = known;
  if (step === undefined) return [];
  const [from, to] = [step.from, step.to].map((end) => end.samples[0]?.run.id);
  return [
    `The difference (${metricChange(known)}) goes the other way than ${
      causeText(known)
    }, which moved ${metric?.key} by ${
      signed(suspects[0]?.effect ?? NaN)
    } between run ${from} and run ${to}${averageText(step)}; it goes with ${
      restText(known)
    }.`,
  ];
}

/** What is left, once the first suspect is not it. */
function restText(known: Case): string {
  const { suspects: [first, ...suspects] } = known.findings;
  const others = suspects.filter(({ id }) => !first?.group?.includes(id))
    .map(changeText);
  const gaps = gapsIn(known.coverage);
  const seed = `the seed: ${fewRepeats(known)}`;
  if (others.length > 0) {
    const open = gaps.length === 0 ? "" : `; ${join(gaps)}`;
    return `${listed(others, "or")}${open}, or ${seed}`;
  }
  return gaps.length === 0
    ? seed
    : `something that was not recorded (${join(gaps)}), or ${seed}`;
}
