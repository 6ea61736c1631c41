import type { Case } from "../case/case.ts";
import type { RunFacts } from "../facts.ts";
import { isResource } from "../metric_kinds.ts";
import { isSameResult } from "../results.ts";
import { factorName, join } from "../words.ts";
import { capital, differ, listed } from "./names.ts";
import { sameText } from "./same_text.ts";
import { seedName } from "./seed_text.ts";

/**
 * Writes the answer about equal results.
 *
 * @param known The comparison.
 * @returns its sentences; some may be empty.
 */
export function identical(known: Case): string[] {
  const { metric, keys } = known;
  const others = keys.filter((key) => key !== metric?.key)
    .filter((key) => isOther(known, key));
  return [
    areEqual(known),
    onTheWay(known),
    others.length === 0 ? "" : `${join(others)} ${differ(others)}.`,
    withoutEffect(known),
    sameText(known),
  ];
}

function areEqual(known: Case): string {
  const { metric, history } = known;
  if (history.a === history.b) {
    return `Run ${history.a.id} was compared with itself.`;
  }
  if (metric?.notFinite) return `${metric.key} is not finite in either run.`;
  const what = metric === undefined || metric.chosenBy === "difference"
    ? "The results are"
    : `${metric.key} is`;
  const equal = areSameBits(known) ? "identical" : "equal within the tolerance";
  return `${what} ${equal}${butFor(known)}.`;
}

/** Whether the results that are called equal are so without any tolerance. */
function areSameBits({ metric, keys, results, a, b }: Case): boolean {
  const exact = { ...results, tolerance: 0, atol: 0 };
  const named = metric === undefined ? [] : [metric.key];
  return (metric?.chosenBy === "difference" ? keys : named)
    .every((key) => isSameResult(a, b, key, exact));
}

/** Results that the answer does not count, and that differ all the same. */
function butFor({ metric, volatile, a, b }: Case): string {
  if (metric?.chosenBy !== "difference") return "";
  const [ofA, ofB] = [metricsAlone(a, b), metricsAlone(b, a)];
  const parts = [
    ...(volatile.length === 0 ? [] : [
      `${join(volatile)}, which ${differ(volatile)} between repeats, too`,
    ]),
    ...(ofA.length === 0 ? [] : [`${join(ofA)}, which run ${a.id} alone has`]),
    ...(ofB.length === 0 ? [] : [`${join(ofB)}, which run ${b.id} alone has`]),
  ];
  return parts.length === 0 ? "" : ` but for ${parts.join("; ")}`;
}

function metricsAlone(run: RunFacts, other: RunFacts): string[] {
  return [...run.metrics.keys()]
    .filter((key) => !other.metrics.has(key) && !isResource(key)).sort();
}

/** The best values may be equal while the ways to them are not. */
function onTheWay({ ways, metric }: Case): string {
  return ways.some(({ key }) => key === metric?.key)
    ? `${metric?.key} differs on the way.`
    : "";
}

function withoutEffect(known: Case): string {
  const { pair, metric } = known;
  const changed = [
    ...pair.differing.map(factorName),
    ...(pair.seeds.length > 0 ? [seedName(known)] : []),
  ];
  return changed.length === 0
    ? ""
    : `${capital(listed(changed))} ${differ(changed)}, without effect on ${
      metric?.key ?? "them"
    } here.`;
}

function isOther({ a, b, results }: Case, key: string): boolean {
  return !isSameResult(a, b, key, results);
}
