import type { Case } from "../case/case.ts";
import { gapsIn } from "../pair_coverage.ts";
import { counted, join } from "../words.ts";
import { against, isAgainst } from "./against.ts";
import { causeText } from "./cause_text.ts";
import { metricChange } from "./change_text.ts";
import { gapsOrUnknown } from "./gap_text.ts";
import { beyond, fewRepeats, unusual } from "./noise_text.ts";
import { bySeedAlone } from "./seed_alone.ts";
import { steps } from "./steps.ts";
import { wayText } from "./way_text.ts";

/**
 * Writes the answer about a difference with suspects.
 *
 * @param known The comparison.
 * @returns its sentences; some may be empty.
 */
export function explained(known: Case): string[] {
  const [first] = known.findings.suspects;
  if (known.metric === undefined || first === undefined) return [];
  if (first.kind === "seed") return bySeedAlone(known);
  if (known.isWay) {
    return [
      `${wayText(known)}.`,
      `The difference goes with ${causeText(known)}${doubts(known)}.`,
    ];
  }
  if (isAgainst(known)) return against(known);
  return [
    goesWith(known),
    steps(known),
    aboutSeed(known),
    unusual(known),
  ];
}

function goesWith(known: Case): string {
  const cause = causeText(known);
  const numbers = metricChange(known);
  return known.isCaused
    ? `Caused by ${cause}: ${numbers}, ${beyond(known)}.`
    : `The difference goes with ${cause}: ${numbers}${doubts(known)}.`;
}

/** What one seed shows is not that a setting is better. */
function aboutSeed({ metric, frame, a }: Case): string {
  return metric?.test?.noise === "same-seed" && frame.isSeeded(a)
    ? "This is about this seed; whether the setting is better or worse needs other seeds."
    : "";
}

/** What keeps the first suspect from being the cause. */
function doubts(known: Case): string {
  const { judgement, pair } = known;
  const parts = [...openParts(known), ...associatedPart(known)];
  if (judgement === undefined && pair.seeds.length === 0) {
    parts.push(`not known whether this is chance: ${fewRepeats(known)}`);
  }
  const text = parts.map((part) => `; ${part}`).join("");
  return judgement === undefined && pair.seeds.length > 0
    ? `${text}, or the seed: ${fewRepeats(known)}`
    : text;
}

function openParts(known: Case): string[] {
  const isOpen = gapsIn(known.coverage).length > 0 ||
    known.pair.unknown.length > 0;
  return isOpen ? [join(gapsOrUnknown(known))] : [];
}

function associatedPart({ judgement, findings, history }: Case): string[] {
  const isAssociated = judgement !== undefined &&
    findings.suspects[0]?.evidence === "association";
  return isAssociated
    ? [
      `associated in ${counted(history.others.length + 2, "run")}, not proven`,
    ]
    : [];
}
