/** The part of a report that says why two runs differ. */
import { hashChange } from "../../internal/factor_change.ts";
import { clipped } from "../../internal/factor_value.ts";
import { kindOfFactor } from "../../internal/run_factors.ts";
import { short } from "../../internal/text.ts";
import type { Explanation, VerdictSuspect } from "../../why/mod.ts";
import { coverageText } from "../coverage_text.ts";
import { evidenceText } from "../evidence_text.ts";
import { type Content, element, table } from "./markup.ts";

/** The most suspects that are listed. */
const MOST = 40;

/**
 * Describes why two runs differ.
 *
 * @param found The answer of `ato why`.
 * @param withSources Whether differences of code and of files that were read are shown.
 * @returns the part.
 */
export function verdictPart(
  found: Explanation,
  { withSources }: { readonly withSources: boolean },
): Content {
  const { a, b, metric, sentence, suspects, evidence, unknown, next } = found;
  const { coverage, modules } = found;
  return [
    element("h2", `Why run ${a} and run ${b} differ`),
    element("p.verdict", sentence),
    metric !== undefined && element("p", metricText(metric)),
    suspects.length > 0 &&
    table(
      ["suspect", "evidence", "change"],
      suspects.slice(0, MOST).map((one) => [
        element("code", one.id),
        one.evidence,
        element("code", changeText(one)),
      ]),
    ),
    suspects.length > MOST &&
    element("p.weak", `${suspects.length - MOST} further suspects`),
    evidence.length > 0 &&
    element("p", `Evidence: ${evidenceText(evidence).join("; ")}`),
    element(
      "p.weak",
      `Recorded: ${coverageText(coverage, Math.max(modules.a, modules.b))}`,
    ),
    unknown.length > 0 &&
    element(
      "details",
      element("summary", `Not known: ${unknown.length}`),
      element("ul", unknown.map((phrase) => element("li", phrase))),
    ),
    next !== undefined &&
    element(
      "p",
      "Next: ",
      next.command !== undefined && element("code", next.command),
      next.command === undefined ? next.why : ` (${next.why})`,
    ),
    diffs(suspects, withSources),
  ];
}

function metricText(
  { key, a, b, notFinite }: NonNullable<Explanation["metric"]>,
): string {
  const text = (value: number, isLost: boolean | undefined) =>
    isLost ? "not finite" : short(value);
  return `${key}: ${text(a, notFinite?.a)} → ${text(b, notFinite?.b)}`;
}

function changeText({ id, before, after }: VerdictSuspect): string {
  const kind = kindOfFactor(id);
  if (kind === "code" || kind === "input" || kind === "env") {
    return hashChange(id, before, after);
  }
  const text = (value: string | undefined) =>
    value === undefined ? "absent" : clipped(value, 120);
  return `${text(before)} → ${text(after)}`;
}

/** Sources can hold secrets, so a report that is passed on has them only if that was asked for. */
function diffs(
  suspects: readonly VerdictSuspect[],
  withSources: boolean,
): Content {
  const having = suspects.filter(({ diff }) => diff !== undefined);
  if (having.length === 0) return undefined;
  if (!withSources) {
    return element(
      "p.weak",
      "The text of what differs is left out; `ato report --with-sources` adds it.",
    );
  }
  return having.slice(0, MOST).map(({ id, diff }) => [
    element("h3", id),
    element("pre", diff),
  ]);
}
