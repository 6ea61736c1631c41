/**
 * The change of the metric in words.
 *
 * @module
 */
import type { Case } from "../case/case.ts";
import { number } from "../words.ts";

/**
 * Says how the metric changed.
 *
 * @param known The comparison.
 * @returns `loss 0.5 -> 0.9`; empty without a metric.
 */
export function metricChange(known: Case): string {
  const { metric } = known;
  if (metric === undefined) return "";
  const { key, a, b, notFinite } = metric;
  if (notFinite?.a && notFinite.b) {
    return `${key} ${number(a)} -> ${number(b)} (the last finite values)`;
  }
  const [from, to] = [
    notFinite?.a ? "not finite" : number(a),
    notFinite?.b ? "not finite" : number(b),
  ];
  return `${key} ${from} -> ${to}${lengthText(known)}`;
}

/** ` (after 10 and 20 steps)`. */
function lengthText({ progress: { common, a, b } }: Case): string {
  if (common === undefined) return "";
  return common.isEqual
    ? ` (equal until step ${common.step}, at which one run ended)`
    : ` (after ${a.lastStep} and ${b.lastStep} steps)`;
}

/**
 * Says how the metric changed, with the values in brackets.
 *
 * @param known The comparison.
 * @returns `loss (0.5 -> 0.6)`.
 */
export function changeInBrackets(known: Case): string {
  const key = known.metric?.key ?? "";
  const rest = metricChange(known).slice(key.length + 1);
  return rest.endsWith(")") ? `${key} ${rest}` : `${key} (${rest})`;
}
