/**
 * The change of the metric in words.
 *
 * @module
 */
import type { Case } from "../case/case.ts";
import type { History } from "../facts.ts";
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
    const [from, to] = [a, b].map((one) =>
      Number.isFinite(one) ? number(one) : "none"
    );
    return `${key} ${from} -> ${to} (the last finite values)`;
  }
  const [from, to] = [
    notFinite?.a ? "not finite" : number(a),
    notFinite?.b ? "not finite" : number(b),
  ];
  return `${key} ${from} -> ${to}${lengthText(known)}`;
}

/** ` (after 10 and 20 steps)`. */
function lengthText({ metric, a, b, history, progress }: Case): string {
  const key = metric?.key ?? "";
  const [x, y] = [a, b].map(({ metrics }) => metrics.get(key)?.lastStep);
  if (x === undefined || y === undefined || x === y) return "";
  const step = Math.min(x, y);
  const { common } = progress;
  return common?.isEqual && common.step === step
    ? ` (${equalText(history, [key], step)}, at which one run ended)`
    : ` (after ${x} and ${y} steps)`;
}

/**
 * Says how far metrics are known to have been equal that were so at a step.
 *
 * @param history The runs, with the comparison of their points if there is one.
 * @param keys The metrics.
 * @param step The step.
 * @returns `equal until step 3` if all points up to there were compared and are equal; else `equal at step 3`.
 */
export function equalText(
  { divergence }: History,
  keys: readonly string[],
  step: number,
): string {
  const isUntil = divergence !== undefined &&
    !divergence.some((one) => one.step <= step && keys.includes(one.metric));
  return `equal ${isUntil ? "until" : "at"} step ${step}`;
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
