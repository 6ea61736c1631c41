import type { Case } from "../case/case.ts";
import type { PointDivergence } from "../facts.ts";
import { number } from "../words.ts";
import { equalText } from "./change_text.ts";
import { listed } from "./names.ts";

/**
 * Says that equal results are reached by different ways.
 *
 * @param known The comparison.
 * @returns a sentence without its period.
 */
export function wayText(known: Case): string {
  const { progress: { a, b, common }, history, ways } = known;
  const what = endText(known);
  const lengths =
    `one run ended at step ${a.lastStep} and the other at step ${b.lastStep}`;
  if (common?.isEqual && !ways.some(({ first }) => isBefore(first, common))) {
    const keys = ways.map(({ key }) => key);
    const equal = equalText(history, keys, common.step);
    return `${what}, but ${lengths}; they were ${equal}`;
  }
  const end = common === undefined ? "" : `; ${lengths}`;
  return `${what}, but ${differOnTheWay(known)} on the way: ${
    waysText(known)
  }${end}`;
}

/** Whether a metric differed before the shorter run ended. */
function isBefore(
  first: PointDivergence | undefined,
  { step }: { readonly step: number },
): boolean {
  return first !== undefined && first.step <= step;
}

function endText({ metric }: Case): string {
  if (metric?.notFinite) return `${metric.key} is not finite in either run`;
  return metric !== undefined && metric.chosenBy !== "difference"
    ? `${metric.key} is the same at the end`
    : "The results at the end are the same";
}

function differOnTheWay({ metric }: Case): string {
  if (metric?.notFinite) return "the runs differ";
  return metric !== undefined && metric.chosenBy !== "difference"
    ? "it differs"
    : "they differ";
}

/** `loss from step 3 (0.7 -> 0.8)`. */
function waysText({ ways }: Case): string {
  return listed(ways.map(({ key, first }) => {
    if (first === undefined) return key;
    const { step, a, b } = first;
    return a === undefined || b === undefined
      ? `${key} from step ${step}, which one run alone has`
      : `${key} from step ${step} (${number(a)} -> ${number(b)})`;
  }));
}
